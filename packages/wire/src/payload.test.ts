import { bits, bytes, FlSimError, float64, floats, uint32, vector } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodePayload, encodePayload } from "./payload.ts";

const spec = { delta: vector, numExamples: uint32, scale: float64 };

test("a payload is its fields in order, little-endian, without padding", () => {
	const bytes = encodePayload(spec, 2, { delta: Float32Array.of(1, -2), numExamples: 258, scale: 0.5 });
	expect([...bytes]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f]);
});

test("decoding gives back every bit, wherever the bytes lie", () => {
	fc.assert(
		fc.property(
			fc.float32Array({ maxLength: 20 }),
			fc.integer({ min: 0, max: 2 ** 32 - 1 }),
			fc.double(),
			fc.integer({ min: 0, max: 7 }),
			(delta, numExamples, scale, offset) => {
				const value = { delta: Float32Array.from(delta), numExamples, scale };
				const bytes = encodePayload(spec, delta.length, value, (length) =>
					new Uint8Array(length + offset).subarray(offset),
				);
				expect(decodePayload(spec, delta.length, bytes)).toEqual(value);
			},
		),
	);
});

test("a vector of the wrong length is refused with both lengths", () => {
	expect(() => encodePayload(spec, 3, { delta: new Float32Array(2), numExamples: 1, scale: 1 })).toThrowError(
		new FlSimError("FL_WIRE_DIMENSION", "a vector field holds 2 values, expected 3 values"),
	);
	expect(() => decodePayload(spec, 3, new Uint8Array(20))).toThrowError(
		new FlSimError("FL_WIRE_DIMENSION", "a payload has 20 bytes, expected 24"),
	);
});

test("numbers that do not fit their field are refused", () => {
	for (const numExamples of [-1, 1.5, 2 ** 32, Number.NaN]) {
		expect(() => encodePayload(spec, 0, { delta: new Float32Array(), numExamples, scale: 1 })).toThrow(
			/expected 0 .. 2\^32 - 1/,
		);
	}
});

test("bits, floats and bytes come back as they were, and a payload takes what its fields take", () => {
	fc.assert(
		fc.property(
			fc.array(fc.boolean(), { maxLength: 40 }),
			fc.float32Array({ maxLength: 10 }),
			fc.uint8Array({ maxLength: 30 }),
			fc.integer({ min: 0, max: 7 }),
			(flags, values, compressed, offset) => {
				const packed = new Uint8Array(Math.ceil(flags.length / 8));
				for (const [i, flag] of flags.entries()) {
					if (flag) packed[i >> 3] = (packed[i >> 3] as number) | (1 << (i & 7));
				}
				const form = { mask: bits(flags.length), kept: floats(values.length), rest: bytes(30), last: uint32 };
				const value = { mask: packed, kept: Float32Array.from(values), rest: compressed, last: 7 };
				const encoded = encodePayload(form, 1000, value, (length) =>
					new Uint8Array(length + offset).subarray(offset),
				);
				expect(encoded.byteLength).toBe(packed.length + 4 * values.length + 4 + compressed.length + 4);
				expect(decodePayload(form, 1000, encoded)).toEqual(value);
			},
		),
	);
});

test("a payload cut anywhere, or with bytes behind it, is refused", () => {
	const form = { rest: bytes(9), last: uint32 };
	const encoded = encodePayload(form, 0, { rest: Uint8Array.of(1, 2, 3), last: 4 });
	for (let length = 0; length < encoded.length; length++) {
		expect(() => decodePayload(form, 0, encoded.subarray(0, length))).toThrow(FlSimError);
	}
	expect(() => decodePayload(form, 0, Uint8Array.of(...encoded, 0))).toThrow(/has 12 bytes, expected 11/);
});

test("more bytes than a field may have are refused at both ends", () => {
	const form = { rest: bytes(2) };
	expect(() => encodePayload(form, 0, { rest: new Uint8Array(3) })).toThrow(/expected at most 2 bytes/);
	expect(() => decodePayload(form, 0, Uint8Array.of(3, 0, 0, 0, 1, 2))).toThrow(
		/has 3 bytes, expected at most 2/,
	);
});

test("bits that belong to nothing must be 0, so that equal bits are equal bytes", () => {
	const form = { mask: bits(3) };
	expect(() => encodePayload(form, 0, { mask: Uint8Array.of(0b1000) })).toThrow(/spare bits/);
	expect(() => decodePayload(form, 0, Uint8Array.of(0b1000))).toThrow(/spare bits/);
	expect(decodePayload(form, 0, Uint8Array.of(0b101))).toEqual({ mask: Uint8Array.of(0b101) });
});

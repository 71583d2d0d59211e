import { FlSimError, float64, uint32, vector } from "@fl-sim/core";
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

import { randomStream } from "@fl-sim/core";
import fc from "fast-check";
import { deflateSync } from "fflate";
import { expect, test } from "vitest";
import { entropyCode, entropyDecode, mostCodedBytes } from "./entropy-coding.ts";

test("bytes come back, and their code is at most one byte longer", () => {
	const repetitive = fc
		.tuple(fc.uint8Array({ minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 2000 }))
		.map(([pattern, times]) =>
			Uint8Array.from({ length: pattern.length * times }, (_, i) => pattern[i % pattern.length] as number),
		);
	fc.assert(
		fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), repetitive), (bytes) => {
			const coded = entropyCode(bytes);
			expect(coded.length).toBeLessThanOrEqual(mostCodedBytes(bytes.length));
			expect(entropyDecode(coded, bytes.length)).toEqual(bytes);
		}),
	);
});

test("bytes of which few are not 0 become fewer, random ones do not", () => {
	const random = randomStream(1, "bytes");
	const sparse = Uint8Array.from({ length: 10_000 }, () =>
		random.uniform() < 0.05 ? random.integer(256) : 0,
	);
	expect(entropyCode(sparse).length).toBeLessThan(2000);
	const dense = sparse.map(() => random.integer(256));
	expect(entropyCode(dense)).toHaveLength(10_001);
	expect(entropyDecode(entropyCode(dense), 10_000)).toEqual(dense);
});

test("codes that are cut, of another length, of no kind or of much more than was agreed are refused", () => {
	const bytes = Uint8Array.from({ length: 5000 }, (_, i) => Math.floor(i / 100));
	const coded = entropyCode(bytes);
	for (const length of [0, 1, 2, 10, coded.length - 1]) {
		expect(() => entropyDecode(coded.subarray(0, length), bytes.length)).toThrow(/compressed field/);
	}
	expect(() => entropyDecode(coded, bytes.length + 1)).toThrow(/5000 bytes once inflated, expected 5001/);
	expect(() => entropyDecode(coded, bytes.length - 1)).toThrow(/more than 4999 bytes/);
	expect(() => entropyDecode(Uint8Array.of(0, 1, 2), 3)).toThrow(/2 stored bytes, expected 3/);
	expect(() => entropyDecode(Uint8Array.of(2, 1, 2), 2)).toThrow(/a code of kind 2/);
	const bomb = Uint8Array.of(1, ...deflateSync(new Uint8Array(20_000_000)));
	expect(() => entropyDecode(bomb, 100)).toThrow(/more than 100 bytes/);
});

import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { embeddedKernels } from "../simd/embed.ts";
import { simdSums, threadSums } from "./simd-sums.ts";
import { plainSums, type SumArithmetic } from "./sum-arithmetic.ts";

const number = fc.float({ noNaN: true, noDefaultInfinity: true });
const weight = fc.double({ min: 1e-3, max: 1e9, noNaN: true });
/** Lengths around those of a vector, of a loop's body and of a staged piece. */
const length = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(4095, 4096, 4097, 9001));

const vectors = length.chain((size) =>
	fc.tuple(fc.array(number, { minLength: 1, maxLength: 12 }), fc.constant(size)),
);
const repeated = (values: readonly number[], size: number, turn: number) =>
	Float32Array.from({ length: size }, (_, i) => values[(i * 7 + turn) % values.length] as number);

/** The mean of five vectors, along a tree that uses every operation. */
function meanOfFive(
	{ scaled, addScaled, add, divided }: SumArithmetic,
	x: readonly Float32Array[],
	w: readonly number[],
) {
	const [a, b, c, d, e] = x as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
	const [p, q, r, s, t] = w as [number, number, number, number, number];
	const left = scaled(p, a);
	addScaled(left, q, b);
	const right = scaled(r, c);
	addScaled(right, s, d);
	add(left, right);
	add(left, scaled(t, e));
	return { sum: left.slice(), mean: divided(left, p + q + r + s + t) };
}

describe("sums by SIMD functions", () => {
	test("have the bits of plain sums, with memory for all sums and for small ones only", () => {
		const weights = fc.array(weight, { minLength: 5, maxLength: 5 });
		const [roomy, tight] = [simdSums(2 ** 20), simdSums(2 ** 16)];
		fc.assert(
			fc.property(vectors, weights, ([values, size], w) => {
				const x = [0, 1, 2, 3, 4].map((turn) => repeated(values, size, turn));
				const expected = meanOfFive(plainSums, x, w);
				for (const sums of [roomy, tight]) expect(meanOfFive(sums, x, w)).toEqual(expected);
			}),
		);
	});

	test("infinities go the plain way too", () => {
		const x = Float32Array.of(1, Number.POSITIVE_INFINITY, -0, 3e38, -3e38);
		const sums = simdSums(2 ** 16);
		const both = [sums, plainSums].map(({ scaled, divided }) => divided(scaled(1e300, x), 1e-9));
		expect(both[0]).toEqual(both[1]);
		expect(both[0]).toContain(Number.POSITIVE_INFINITY);
	});

	test("memory is used again once a sum was used up, and only once", () => {
		const sums = simdSums(2 ** 20);
		const x = new Float32Array(10);
		const left = sums.scaled(1, x);
		const right = sums.scaled(1, x);
		sums.add(left, right);
		const [first, second] = [sums.scaled(1, x), sums.scaled(1, x)];
		expect(first.byteOffset).toBe(right.byteOffset);
		expect(new Set([left, first, second].map(({ byteOffset }) => byteOffset)).size).toBe(3);
		sums.divided(left, 1);
		sums.divided(left, 1);
		expect(sums.scaled(1, x).byteOffset).toBe(left.byteOffset);
		expect(sums.scaled(1, x).byteOffset).not.toBe(left.byteOffset);
	});

	test("are what a thread gets", () => {
		const sum = threadSums().scaled(2, Float32Array.of(1, 2));
		expect([...sum]).toEqual([2, 4]);
		expect(sum.buffer.byteLength).toBeGreaterThan(16);
	});

	test("sum-kernels-binary.ts holds what the sources compile to", async () => {
		const text = await readFile(new URL("./sum-kernels-binary.ts", import.meta.url), "utf8");
		// A difference of bytes says nothing to a reader; `pnpm simd` in this package makes them equal.
		expect(text === (await embeddedKernels())).toBe(true);
	});
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { eighths, expectAgreement, normals, operand, runKernel, tf } from "./kernel-agreement.fixture.ts";
import { sizeOf } from "./wasm-backend.ts";

const numRuns = 200;

/** Shapes of up to five dimensions, with the dimensions to sum over. */
const reductions = fc
	.array(fc.record({ extent: fc.constantFrom<number[]>(1, 2, 3, 4, 5, 7, 17), isSummed: fc.boolean() }), {
		maxLength: 5,
	})
	.map((dimensions) => ({
		shape: dimensions.map(({ extent }) => extent),
		axis: dimensions.flatMap(({ isSummed }, index) => (isSummed ? [index] : [])),
	}))
	.filter(({ shape }) => sizeOf(shape) <= 5000);

test("sums over any dimensions are right", () => {
	fc.assert(
		fc.property(reductions, fc.boolean(), fc.nat(), ({ shape, axis }, keepDims, seed) => {
			expectAgreement([eighths(shape, seed)], (x) => tf.sum(x, axis, keepDims));
		}),
		{ numRuns },
	);
});

test("means over any dimensions are right", () => {
	fc.assert(
		fc.property(reductions, fc.boolean(), fc.nat(), ({ shape, axis }, keepDims, seed) => {
			// The plain JavaScript backend divides before it sums: where a sum is 0 it rarely finds that.
			const count = sizeOf(axis.map((index) => shape[index] as number));
			expectAgreement([eighths(shape, seed)], (x) => tf.mean(x, axis, keepDims), {
				tolerance: 2e-7,
				expected: (x) => tf.div(tf.sum(x, axis, keepDims), count),
			});
		}),
		{ numRuns },
	);
});

test("dimensions count from the end if negative, in any order; without any, all are summed over", () => {
	const x = eighths([3, 4, 5], 1);
	expectAgreement([x], (tensor) => tf.sum(tensor, [-1, 0]));
	expectAgreement([x], (tensor) => tf.sum(tensor));
	expectAgreement([x], (tensor) => tf.mean(tensor, -2), { tolerance: 2e-7 });
});

test("long sums of numbers that float32 rounds stay near a sum in float64", () => {
	void tf.setBackend("wasm");
	for (const [count, inner, tolerance] of [
		[100_352, 1, 1e-5],
		[100_352, 21, 1e-5],
		[1_000_001, 1, 1e-4],
	] as const) {
		const { values } = operand([count, inner], (index) => 0.1 + (index % 7));
		const expected = Array.from({ length: inner }, (_, column) => {
			let total = 0;
			for (let row = 0; row < count; row++) total += values[row * inner + column] as number;
			return total;
		});
		const found = tf.tidy(() => [...tf.sum(tf.tensor2d(values, [count, inner]), 0).dataSync()]);
		for (const [column, total] of expected.entries()) {
			expect(Math.abs((found[column] as number) - total) / total).toBeLessThan(tolerance);
		}
	}
});

test("what is not a number, and infinity, carry over to the sum of their row only", () => {
	const values = [1, 2, Number.NaN, 3, Number.POSITIVE_INFINITY, 4, 5, 6, 7];
	expectAgreement([operand([3, 3], (index) => values[index] as number)], (x) => tf.sum(x, 1));
});

test("integers and truth values are summed as such; nothing sums to 0 and has no mean", () => {
	expectAgreement([operand([4, 3], (index) => index - 5, "int32")], (x) => tf.sum(x, 0));
	expectAgreement([operand([4, 3], (index) => index % 2, "bool")], (x) => tf.sum(x, 1));
	expectAgreement([normals([0, 3], 1)], (x) => tf.sum(x, 0));
	expectAgreement([normals([0, 3], 1)], (x) => tf.mean(x, 0), {
		expected: () => tf.tensor1d([Number.NaN, Number.NaN, Number.NaN]),
	});
});

test("a sum over dimensions of one value leaves the operand alive", () => {
	void tf.setBackend("wasm");
	tf.tidy(() => {
		const x = tf.tensor2d([1, 2], [2, 1]);
		runKernel("Sum", { x }, { axis: [1], keepDims: false }).dispose();
		expect([...x.dataSync()]).toEqual([1, 2]);
		const sums = runKernel("Sum", { x }, { axis: [1], keepDims: false });
		x.dispose();
		expect([...sums.dataSync()]).toEqual([1, 2]);
	});
});

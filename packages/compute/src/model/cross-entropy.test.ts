import fc from "fast-check";
import { expect, test } from "vitest";
import { crossEntropy } from "./cross-entropy.ts";

test("a hand-worked batch of two", () => {
	// Row 1: softmax (1/4, 3/4), label 1. Row 2: equal logits, label 0.
	const logits = Float32Array.of(0, Math.log(3), 2, 2);
	const gradient = new Float32Array(4);
	const result = crossEntropy(logits, Int32Array.of(1, 0), gradient);
	expect(result.lossSum).toBeCloseTo(Math.log(4 / 3) + Math.log(2), 6);
	expect(result).toMatchObject({ numCorrect: 2, numExamples: 2 });
	const expected = [1 / 8, -1 / 8, -1 / 4, 1 / 4];
	for (const [index, value] of expected.entries()) expect(gradient[index]).toBeCloseTo(value, 6);
});

test("the lowest index wins a tie", () => {
	expect(crossEntropy(Float32Array.of(1, 5, 5), Int32Array.of(1)).numCorrect).toBe(1);
	expect(crossEntropy(Float32Array.of(1, 5, 5), Int32Array.of(2)).numCorrect).toBe(0);
});

test("a logit that is not a number makes the loss not a number", () => {
	expect(crossEntropy(Float32Array.of(1, Number.NaN), Int32Array.of(0)).lossSum).toBeNaN();
});

test("huge logits neither overflow nor vanish", () => {
	const gradient = new Float32Array(2);
	const { lossSum } = crossEntropy(Float32Array.of(1e30, -1e30), Int32Array.of(1), gradient);
	expect(lossSum).toBeCloseTo(2e30, -25);
	expect([...gradient]).toEqual([1, -1]);
});

test("a shift of all logits changes nothing, and each row's gradient sums to zero", () => {
	const row = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 3, maxLength: 3 });
	fc.assert(
		fc.property(
			fc.array(row, { minLength: 1, maxLength: 5 }),
			fc.integer({ min: -999, max: 999 }),
			(rows, shift) => {
				const labels = Int32Array.from(rows, (_, index) => index % 3);
				const logits = Float32Array.from(rows.flat());
				const gradient = new Float32Array(logits.length);
				const { lossSum } = crossEntropy(logits, labels, gradient);
				const moved = crossEntropy(
					logits.map((value) => value + shift),
					labels,
				);
				expect(lossSum).toBeGreaterThanOrEqual(0);
				expect(moved.lossSum).toBeCloseTo(lossSum, 9);
				for (let index = 0; index < gradient.length; index += 3) {
					const [a = 0, b = 0, c = 0] = gradient.subarray(index);
					expect(a + b + c).toBeCloseTo(0, 6);
				}
			},
		),
	);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { pairedTest, spreadOf, twoSidedProbability } from "./statistics.ts";

test("mean and sample deviation are those computed by hand", () => {
	expect(spreadOf([2, 4, 6])).toEqual({ count: 3, mean: 4, deviation: 2 });
	expect(spreadOf([5])).toEqual({ count: 1, mean: 5, deviation: null });
	expect(spreadOf([])).toBeNull();
});

test.each([
	[12.706, 1],
	[4.303, 2],
	[3.182, 3],
	[2.776, 4],
	[2.571, 5],
	[2.228, 10],
	[2.262, 9],
])("t = %d with %d degrees of freedom is the tables' 5% point", (t, degreesOfFreedom) => {
	expect(twoSidedProbability(t, degreesOfFreedom)).toBeCloseTo(0.05, 4);
});

test("a paired test is the one computed by hand", () => {
	// Differences 1, 2, 3: mean 2, deviation 1, t = 2 sqrt(3) with 2 degrees of freedom: 1 - t / sqrt(2 + t^2).
	const result = pairedTest([
		[0, 1],
		[1, 3],
		[2, 5],
	]);
	expect(result?.difference).toBe(2);
	expect(result?.pValue).toBeCloseTo(1 - Math.sqrt(12 / 14), 12);
});

test("fewer than three pairs, or equal differences, are not tested; equal values are no difference", () => {
	expect(
		pairedTest([
			[0, 1],
			[0, 2],
		]),
	).toBeUndefined();
	expect(pairedTest([1, 2, 3].map((value) => [value, value + 1] as const))).toBeUndefined();
	expect(pairedTest([1, 2, 3].map((value) => [value, value] as const))?.pValue).toBe(1);
});

test("the probability is the integral of Student's density, to 1e-9", () => {
	fc.assert(
		fc.property(
			fc.double({ min: 0, max: 20, noNaN: true }),
			fc.integer({ min: 1, max: 40 }),
			(t, degrees) => {
				// With x = sqrt(degrees) tan(angle) the density is a power of the cosine.
				const density = (angle: number) => Math.cos(angle) ** (degrees - 1);
				const angle = Math.atan(t / Math.sqrt(degrees));
				const tail = integral(density, angle, Math.PI / 2) / integral(density, 0, Math.PI / 2);
				expect(twoSidedProbability(t, degrees)).toBeCloseTo(tail, 9);
				expect(twoSidedProbability(-t, degrees)).toBe(twoSidedProbability(t, degrees));
			},
		),
	);
});

/** Simpson's rule. */
function integral(density: (x: number) => number, from: number, to: number): number {
	const pieces = 2000;
	const step = (to - from) / pieces;
	let sum = density(from) + density(to);
	for (let index = 1; index < pieces; index++)
		sum += density(from + index * step) * (index % 2 === 1 ? 4 : 2);
	return (sum * step) / 3;
}

import fc from "fast-check";
import { expect, test } from "vitest";
import { distributionOf, effectiveClasses, gini, jensenShannon, median, totalVariation } from "./skew.ts";

const counts = fc
	.array(fc.nat(50), { minLength: 4, maxLength: 4 })
	.filter((row) => row.some((count) => count > 0));

test("distances are 0 for equal and 1 for disjoint distributions, symmetric and between them otherwise", () => {
	for (const distance of [totalVariation, jensenShannon]) {
		expect(distance([0.5, 0.5, 0, 0], [0, 0, 0.3, 0.7])).toBeCloseTo(1, 12);
		fc.assert(
			fc.property(counts, counts, (a, b) => {
				const [p, q] = [distributionOf(a), distributionOf(b)];
				expect(distance(p, p)).toBeCloseTo(0, 12);
				expect(distance(p, q)).toBeCloseTo(distance(q, p), 12);
				expect(distance(p, q)).toBeGreaterThanOrEqual(0);
				expect(distance(p, q)).toBeLessThanOrEqual(1 + 1e-12);
			}),
		);
	}
});

test("known values", () => {
	expect(totalVariation([0.7, 0.3], [0.5, 0.5])).toBeCloseTo(0.2, 12);
	// Half of 1 log2(1 / 0.75), half of 0.5 log2(0.5 / 0.75) + 0.5 log2(0.5 / 0.25).
	expect(jensenShannon([1, 0], [0.5, 0.5])).toBeCloseTo(0.311278, 6);
	expect(effectiveClasses([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(4, 12);
	expect(effectiveClasses([0, 1, 0])).toBe(1);
	expect(gini([3, 3, 3])).toBe(0);
	expect(gini([0, 0, 0, 8])).toBeCloseTo(0.75, 12);
	expect(gini([1, 3])).toBeCloseTo(0.25, 12);
	expect(gini([])).toBe(0);
	expect(median([5, 1, 3])).toBe(3);
	expect(median([4, 1, 3, 2])).toBe(2.5);
	expect(distributionOf([0, 0])).toEqual([0, 0]);
});

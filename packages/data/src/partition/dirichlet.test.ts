import { randomStream } from "@fl-sim/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { measureSkew } from "../federated/summary.ts";
import { drawClassShares } from "./class-dirichlet.ts";
import { balancedLabels, countsOf, divide } from "./divide.fixture.ts";

/** Examples by client and class of one draw with 10 classes of equal size. */
function drawCounts(settings: {
	readonly numExamples: number;
	readonly numClients: number;
	readonly alpha: number;
	readonly minSize?: number;
	readonly seed: number;
}): number[][] {
	const { numExamples, numClients, alpha, minSize = 10, seed } = settings;
	const classSizes = Array.from({ length: 10 }, () => numExamples / 10);
	const random = randomStream(seed, "test");
	const shares = drawClassShares({ classSizes, numClients, alpha, balance: true, minSize, random });
	return Array.from({ length: numClients }, (_, client) => shares.map((share) => share[client] as number));
}

test("every client has at least minSize examples", () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (minSize, seed) => {
			const counts = drawCounts({ numExamples: 2_000, numClients: 10, alpha: 0.5, minSize, seed });
			expect(measureSkew(counts).sizes.min).toBeGreaterThanOrEqual(minSize);
		}),
	);
});

test("tiny alpha gives whole numbers that add up, for 1,000 seeds", () => {
	for (let seed = 0; seed < 1_000; seed++) {
		const alpha = seed % 2 === 0 ? 0.01 : 0.05;
		const counts = drawCounts({ numExamples: 1_000, numClients: 4, alpha, minSize: 1, seed });
		expect(counts.flat().every((count) => Number.isSafeInteger(count) && count >= 0)).toBe(true);
		expect(measureSkew(counts).sizes.total).toBe(1_000);
	}
});

test("alpha to infinity: every client has the global distribution", () => {
	const { totalVariation, sizes } = measureSkew(
		drawCounts({ numExamples: 50_000, numClients: 20, alpha: 10_000, seed: 3 }),
	);
	expect(totalVariation.max).toBeLessThan(0.05);
	expect(sizes.gini).toBeLessThan(0.05);
});

test("alpha to 0: nearly every client has a single class", () => {
	const { largestShare } = measureSkew(
		drawCounts({ numExamples: 50_000, numClients: 10, alpha: 0.001, minSize: 1, seed: 3 }),
	);
	expect(largestShare.mean).toBeGreaterThan(0.9);
});

describe("statistics of the reference implementations, 10 classes, within 15 %", () => {
	const references = [
		{
			numExamples: 50_000,
			numClients: 10,
			alpha: 0.5,
			min: 2_500,
			max: 7_000,
			share: 0.4,
			classes: 6.9,
			distance: 0.49,
		},
		{
			numExamples: 50_000,
			numClients: 10,
			alpha: 0.1,
			min: 1_200,
			max: 8_200,
			share: 0.65,
			classes: 3.6,
			distance: 0.72,
		},
		{
			numExamples: 50_000,
			numClients: 100,
			alpha: 0.1,
			min: 15,
			max: 2_100,
			share: 0.71,
			classes: 3.3,
			distance: 0.74,
		},
	];

	test.each(references)("$numClients clients, alpha $alpha", (reference) => {
		const numDraws = reference.numClients === 10 ? 800 : 100;
		const sums = { min: 0, max: 0, share: 0, classes: 0, distance: 0 };
		for (let seed = 0; seed < numDraws; seed++) {
			const counts = drawCounts({ ...reference, seed });
			const { sizes, largestShare, totalVariation } = measureSkew(counts);
			sums.min += sizes.min;
			sums.max += sizes.max;
			sums.share += largestShare.mean;
			sums.distance += totalVariation.mean;
			sums.classes += meanClassesAbove(counts, 0.01);
		}
		for (const name of ["min", "max", "share", "classes", "distance"] as const) {
			const ratio = sums[name] / numDraws / reference[name];
			expect(ratio, name).toBeGreaterThan(0.85);
			expect(ratio, name).toBeLessThan(1.15);
		}
	});
});

test("without balancing, sizes are more unequal", () => {
	const division = { labels: balancedLabels(20_000, 10), numClasses: 10, numClients: 20 };
	const giniOf = (balance: boolean): number =>
		measureSkew(countsOf(divide({ name: "dirichlet", alpha: 0.2, balance }, division), division.labels, 10))
			.sizes.gini;
	expect(giniOf(false)).toBeGreaterThan(1.2 * giniOf(true));
});

function meanClassesAbove(counts: readonly (readonly number[])[], share: number): number {
	const present = counts.map((row) => {
		const size = row.reduce((sum, count) => sum + count, 0);
		return row.filter((count) => count > share * size).length;
	});
	return present.reduce((sum, number) => sum + number, 0) / present.length;
}

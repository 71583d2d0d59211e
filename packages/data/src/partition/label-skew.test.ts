import { randomStream } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { measureSkew } from "../federated/summary.ts";
import { drawClientShares } from "./client-dirichlet.ts";
import { balancedLabels, countsOf, divide } from "./divide.fixture.ts";

const tenClasses = { labels: balancedLabels(60_000, 10), numClasses: 10, numClients: 20 };

test("per client: large alpha approaches the global distribution, in clients of equal size", () => {
	const skewOf = (alpha: number) =>
		measureSkew(countsOf(divide({ name: "dirichlet-per-client", alpha }, tenClasses), tenClasses.labels, 10));
	expect(skewOf(100_000).totalVariation.max).toBeLessThan(0.05);
	expect(skewOf(1).sizes).toMatchObject({ min: 3_000, max: 3_000, total: 60_000 });
});

test("per client: with small alpha and room in every class, nearly every client has a single class", () => {
	const classSizes = Array.from({ length: 10 }, () => 6_000);
	const random = randomStream(1);
	const shares = drawClientShares({ classSizes, numClients: 20, sizePerClient: 300, alpha: 0.001, random });
	const counts = Array.from({ length: 20 }, (_, client) => shares.map((share) => share[client] as number));
	expect(measureSkew(counts).largestShare.mean).toBeGreaterThan(0.95);
});

test("per client: no class gives more than it has, even when all distributions lie on one class", () => {
	fc.assert(
		fc.property(
			fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 6 }),
			fc.integer({ min: 1, max: 5 }),
			fc.nat(),
			(sizes, numClients, seed) => {
				const classSizes = [...sizes, 20];
				const numExamples = classSizes.reduce((sum, size) => sum + size, 0);
				const sizePerClient = Math.floor(numExamples / numClients);
				const random = randomStream(seed);
				const shares = drawClientShares({ classSizes, numClients, sizePerClient, alpha: 0.001, random });
				shares.forEach((share, label) => {
					expect(share.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(classSizes[label] ?? 0);
				});
				for (let client = 0; client < numClients; client++) {
					expect(shares.reduce((sum, share) => sum + (share[client] ?? 0), 0)).toBe(sizePerClient);
				}
			},
		),
	);
});

test("shards: two shards of equal size each, hence at most two classes when shards fit into classes", () => {
	const division = { labels: balancedLabels(6_000, 10), numClasses: 10, numClients: 100 };
	const { classesPresent, sizes } = measureSkew(
		countsOf(divide({ name: "shards" }, division), division.labels, 10),
	);
	expect(classesPresent.max).toBe(2);
	expect(classesPresent.mean).toBeGreaterThan(1.8);
	expect(sizes).toMatchObject({ min: 60, max: 60, total: 6_000 });
});

test.each(["random", "cyclic"])(
	"classes per client (%s): exactly k classes, each divided equally",
	(assignment) => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 10 }), fc.nat(), (classes, seed) => {
				const division = { labels: balancedLabels(2_000, 10), numClasses: 10, numClients: 20, seed };
				const counts = countsOf(
					divide({ name: "classes-per-client", classes, assignment }, division),
					division.labels,
					10,
				);
				for (const row of counts) expect(row.filter((count) => count > 0).length).toBe(classes);
				for (let label = 0; label < 10; label++) {
					const own = counts.map((row) => row[label] ?? 0).filter((count) => count > 0);
					expect(Math.max(...own) - Math.min(...own)).toBeLessThanOrEqual(1);
				}
			}),
			{ numRuns: 30 },
		);
	},
);

test("classes per client: classes without examples are nobody's", () => {
	const labels = balancedLabels(200, 2).map((label) => 3 * label + 1);
	const counts = countsOf(
		divide({ name: "classes-per-client", classes: 2 }, { labels, numClasses: 6, numClients: 5 }),
		labels,
		6,
	);
	for (const row of counts)
		expect(row.map((count) => count > 0)).toEqual([false, true, false, false, true, false]);
});

test("long tail: class sizes fall geometrically from the largest class to a factor below it", () => {
	const division = { labels: balancedLabels(50_000, 10), numClasses: 10, numClients: 20 };
	const section = { name: "long-tail", imbalanceFactor: 100, minSize: 1 };
	const counts = countsOf(divide(section, division), division.labels, 10);
	const totals = Array.from({ length: 10 }, (_, label) =>
		counts.reduce((sum, row) => sum + (row[label] ?? 0), 0),
	);
	expect(totals).toEqual(totals.map((_, label) => Math.floor(5_000 * 100 ** (-label / 9))));
	expect(totals[9]).toBe(50);
});

test("label drift: the two lists of a client are of equal length and of different distributions", () => {
	const lists = divide({ name: "label-drift", alpha: 0.5 }, tenClasses);
	const counts = countsOf(lists, tenClasses.labels, 10);
	expect(lists.every((list) => list.length === 1_500)).toBe(true);
	for (let client = 0; client < 20; client++) expect(counts[client]).not.toEqual(counts[20 + client]);
});

import { expect, test } from "vitest";
import { describeLoadedData } from "./descriptor.ts";
import { labelledExamples, partitionSettings } from "./labelled-data.fixture.ts";
import { openFederatedData } from "./open.ts";
import { measureSkew, summarizePartition } from "./summary.ts";

function open(section: Readonly<Record<string, unknown>>, numClients: number, numExamples = 1_000) {
	const examples = labelledExamples({ numExamples, numClasses: 5 });
	const partition = partitionSettings(section);
	return openFederatedData(
		describeLoadedData({ train: examples, test: examples }, { partition, numClients, seed: 1 }),
	);
}

test("counts cover all three sets of every client", () => {
	const summary = summarizePartition(open({ name: "dirichlet", minSize: 2 }, 10));
	expect(summary.clients).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
	expect(summary.classNames).toEqual(["0", "1", "2", "3", "4"]);
	const byClass = [0, 1, 2, 3, 4].map((label) =>
		summary.counts.reduce((sum, row) => sum + (row[label] ?? 0), 0),
	);
	expect(byClass).toEqual([200, 200, 200, 200, 200]);
	expect(summary.skew.sizes.total).toBe(1_000);
});

test("a summary survives JSON", () => {
	const summary = summarizePartition(open({ name: "shards" }, 10));
	expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
});

test("a large population is sampled evenly", () => {
	const summary = summarizePartition(open({ name: "iid" }, 500), { maxClients: 11 });
	expect(summary.clients).toEqual([0, 50, 100, 150, 200, 250, 299, 349, 399, 449, 499]);
	expect(summary.counts.length).toBe(11);
	expect(summary.numClients).toBe(500);
});

test("under drift, the counts are those of the round", () => {
	const dataset = open({ name: "label-drift", rounds: 10, period: 1 }, 10);
	expect(summarizePartition(dataset)).toEqual(summarizePartition(dataset, { round: 1 }));
	expect(summarizePartition(dataset, { round: 11 }).counts).not.toEqual(summarizePartition(dataset).counts);
});

test("measures of two disjoint clients", () => {
	const skew = measureSkew([
		[4, 0, 0],
		[0, 2, 2],
	]);
	expect(skew.totalVariation).toEqual({ mean: 0.5, min: 0.5, max: 0.5 });
	expect(skew.effectiveClasses.min).toBe(1);
	expect(skew.effectiveClasses.max).toBeCloseTo(2, 12);
	expect(skew.classesPresent).toEqual({ mean: 1.5, min: 1, max: 2 });
	expect(skew.largestShare).toEqual({ mean: 0.75, min: 0.5, max: 1 });
	expect(skew.sizes).toEqual({ mean: 4, min: 4, max: 4, median: 4, total: 8, gini: 0 });
});

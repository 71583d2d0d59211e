import { type ExampleView, type FederatedDataset, gatherBatch, positionsOf } from "@fl-sim/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { balancedLabels } from "../partition/divide.fixture.ts";
import { describeLoadedData, type FederatedDataDescriptor } from "./descriptor.ts";
import { labelledExamples, partitionSettings } from "./labelled-data.fixture.ts";
import { openFederatedData } from "./open.ts";

const train = labelledExamples({
	numExamples: 600,
	numClasses: 6,
	featureShape: [3, 3, 1],
	owners: balancedLabels(600, 20),
	domains: balancedLabels(600, 4),
});
const test_ = labelledExamples({ numExamples: 30, numClasses: 6, featureShape: [3, 3, 1] });
const numClients = 8;

function describeSection(section: Readonly<Record<string, unknown>>, seed = 1): FederatedDataDescriptor {
	const partition = partitionSettings(section);
	return describeLoadedData({ train, test: test_ }, { partition, numClients, seed });
}

/** Labels and features of a view, as a model would get them. */
function contentOf(view: ExampleView) {
	return gatherBatch(view, positionsOf(view.indices.length), 0, view.indices.length);
}

function contentOfAll(dataset: FederatedDataset, round: number) {
	return Array.from({ length: dataset.numClients }, (_, client) => {
		const split = dataset.client(client, round);
		return [contentOf(split.train), contentOf(split.validation), contentOf(split.test)];
	});
}

const sections = [
	{ name: "iid", split: { train: 0.6, validation: 0.2, test: 0.2 } },
	{ name: "dirichlet", alpha: 1, minSize: 5, featureSkew: { name: "noise" } },
	{ name: "rotation", featureSkew: { name: "noise", level: 1 } },
	{ name: "natural", ownersPerClient: 2 },
	{ name: "label-drift", rounds: 20, period: 5 },
];

describe.each(sections)("$name", (section) => {
	test("a cloned descriptor opens to equal views, on the same memory", () => {
		const descriptor = describeSection(section);
		const clone = structuredClone(descriptor);
		const original = openFederatedData(descriptor);
		const opened = openFederatedData(clone);
		expect(contentOfAll(opened, 7)).toEqual(contentOfAll(original, 7));
		expect(contentOf(opened.centralTest)).toEqual(contentOf(original.centralTest));
		expect(opened.client(0, 1).train.examples.labels.buffer).toBeInstanceOf(SharedArrayBuffer);
	});

	test("the three sets of a client are disjoint, and the number of training examples is known beforehand", () => {
		const dataset = openFederatedData(describeSection(section));
		for (let client = 0; client < numClients; client++) {
			const split = dataset.client(client, 3);
			const all = [split.train, split.validation, split.test].flatMap(({ indices }) => [...indices]);
			expect(new Set(all).size).toBe(all.length);
			expect(split.train.indices.length).toBe(dataset.numTrainExamples(client));
			expect(split.train.indices.length).toBeGreaterThan(0);
		}
	});
});

test("the split divides all of a client's examples by its fractions, labels mixed", () => {
	const dataset = openFederatedData(describeSection(sections[0] ?? {}));
	for (let client = 0; client < numClients; client++) {
		const split = dataset.client(client, 1);
		expect([split.train, split.validation, split.test].map(({ indices }) => indices.length)).toEqual([
			45, 15, 15,
		]);
		expect(new Set(contentOf(split.train).labels).size).toBe(6);
	}
});

test("feature skew reaches every set of a client, not the central test set", () => {
	const dataset = openFederatedData(describeSection({ name: "rotation", groups: 2, degrees: 180 }));
	const turned = dataset.client(1, 1);
	for (const view of [turned.train, turned.test]) {
		const plain = contentOf({ examples: view.examples, indices: view.indices }).features;
		const rows = Array.from({ length: view.indices.length }, (_, row) =>
			[...plain.subarray(9 * row, 9 * row + 9)].reverse(),
		);
		expect([...contentOf(view).features]).toEqual(rows.flat());
	}
	expect(dataset.client(0, 1).train.transform).toBeUndefined();
	expect(dataset.centralTest.transform).toBeUndefined();
	expect([...dataset.centralTest.indices]).toEqual(Array.from({ length: 30 }, (_, i) => i));
});

test("under drift a client keeps its numbers, sees half before and half after at half time, and ends in new data", () => {
	const dataset = openFederatedData(
		describeSection({ name: "label-drift", startRound: 1, rounds: 20, period: 5 }),
	);
	for (let client = 0; client < numClients; client++) {
		for (const set of ["train", "test"] as const) {
			const at = (round: number): number[] => [...dataset.client(client, round)[set].indices];
			const before = at(1);
			const after = at(21);
			expect(at(5)).toEqual(before);
			expect(at(500)).toEqual(after);
			expect(before.filter((index) => after.includes(index))).toEqual([]);
			fc.assert(
				fc.property(fc.integer({ min: 0, max: 40 }), (round) => {
					const now = at(round);
					const fraction = Math.min(1, Math.max(0, Math.floor((round - 1) / 5) / 4));
					expect(now.length).toBe(before.length);
					const fresh = now.filter((index) => after.includes(index)).length;
					expect(Math.abs(fresh - fraction * before.length)).toBeLessThanOrEqual(0.5);
					expect(now.filter((index) => before.includes(index)).length).toBe(before.length - fresh);
				}),
				{ numRuns: 20 },
			);
		}
	}
});

test("another seed gives other sets, the same seed the same", () => {
	const open = (seed: number) => contentOfAll(openFederatedData(describeSection({ name: "iid" }, seed)), 1);
	expect(open(1)).toEqual(open(1));
	expect(open(1)).not.toEqual(open(2));
});

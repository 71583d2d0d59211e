import { randomStream, shuffle } from "@fl-sim/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { balancedLabels, countsOf, type Division, divide } from "./divide.fixture.ts";
import { partitioners, partitionOptions } from "./partitioners.ts";

/** Every partitioner with options that small data can satisfy; `leaves`: how many examples may belong to nobody. */
const cases: readonly {
	readonly section: Readonly<Record<string, unknown>>;
	/** Lists per client. */
	readonly lists?: number;
	readonly leaves?: (numExamples: number, numClients: number) => number;
	readonly ignoresLabels?: boolean;
}[] = [
	{ section: { name: "iid" }, ignoresLabels: true },
	{ section: { name: "dirichlet", alpha: 0.5, minSize: 1 } },
	{ section: { name: "dirichlet", alpha: 5, balance: false, minSize: 1 } },
	{ section: { name: "dirichlet-per-client", alpha: 0.3 }, leaves: (n, c) => n % c },
	{ section: { name: "shards", shardsPerClient: 2 }, leaves: (n, c) => n % (2 * c) },
	{ section: { name: "classes-per-client", classes: 2, assignment: "cyclic" } },
	{ section: { name: "classes-per-client", classes: 3, assignment: "random" } },
	{ section: { name: "quantity", alpha: 5, minSize: 1 }, ignoresLabels: true },
	{ section: { name: "quantity", sizes: "log-normal", minSize: 1 }, ignoresLabels: true },
	{ section: { name: "noise" }, ignoresLabels: true },
	{ section: { name: "rotation" }, ignoresLabels: true },
	{ section: { name: "natural" }, ignoresLabels: true },
	{ section: { name: "domains" }, ignoresLabels: true },
	{ section: { name: "long-tail", imbalanceFactor: 4, alpha: 5, minSize: 1 }, leaves: (n) => n },
	{ section: { name: "label-drift", alpha: 1 }, lists: 2, leaves: (n, c) => n % (2 * c) },
];

const numClasses = 4;

/** 5 to 12 clients, 100 to 300 examples; as many owners as clients, fewer domains than clients. */
const divisions = fc
	.record({
		numClients: fc.integer({ min: 5, max: 12 }),
		numExamples: fc.integer({ min: 100, max: 300 }),
		seed: fc.nat(),
	})
	.map(
		({ numClients, numExamples, seed }): Division => ({
			labels: balancedLabels(numExamples, numClasses),
			numClasses,
			numClients,
			owners: Int32Array.from({ length: numExamples }, (_, i) => 7 * (i % numClients)),
			domains: Int32Array.from({ length: numExamples }, (_, i) => i % 3),
			seed,
		}),
	);

test("the laws below are checked for every partitioner", () => {
	expect(new Set(cases.map(({ section }) => section["name"]))).toEqual(
		new Set(partitioners.map(({ name }) => name)),
	);
});

describe.each(cases)("$section", ({ section, lists = 1, leaves = () => 0, ignoresLabels = false }) => {
	test("every client has examples, no example has two clients, and only the stated rest has none", () => {
		fc.assert(
			fc.property(divisions, (division) => {
				const divided = divide(section, division);
				expect(divided.length).toBe(lists * division.numClients);
				expect(divided.every((list) => list.length > 0)).toBe(true);
				const dealt = divided.flatMap((list) => [...list]);
				expect(new Set(dealt).size).toBe(dealt.length);
				expect(dealt.every((position) => position < division.labels.length)).toBe(true);
				const left = division.labels.length - dealt.length;
				expect(left).toBeLessThanOrEqual(leaves(division.labels.length, division.numClients));
			}),
			{ numRuns: 30 },
		);
	});

	test("equal seeds give equal divisions", () => {
		fc.assert(
			fc.property(divisions, (division) => {
				expect(divide(section, division)).toEqual(divide(section, division));
			}),
			{ numRuns: 10 },
		);
	});

	test("renaming the classes changes nothing, or the order of the examples leaves the clients' labels alone", () => {
		fc.assert(
			fc.property(divisions, (division) => {
				const { labels, numClients } = division;
				if (ignoresLabels) {
					const renamed = labels.map((label) => (label + 1) % numClasses);
					expect(divide(section, { ...division, labels: renamed })).toEqual(divide(section, division));
					return;
				}
				const mixed = shuffle(randomStream(numClients, "mix"), Int32Array.from(labels));
				expect(countsOf(divide(section, { ...division, labels: mixed }), mixed, numClasses)).toEqual(
					countsOf(divide(section, division), labels, numClasses),
				);
			}),
			{ numRuns: 10 },
		);
	});
});

test.each(["dirichlet", "shards", "iid", "label-drift", "quantity"])(
	"%s: another seed gives another division",
	(name) => {
		const division = { labels: balancedLabels(500, 5), numClasses: 5, numClients: 5 };
		const section = { name };
		expect(divide(section, { ...division, seed: 1 })).not.toEqual(divide(section, { ...division, seed: 2 }));
	},
);

test("every partition section may hold a split and a feature skew, and nothing unknown", () => {
	for (const { name } of partitioners) {
		const parsed = partitionOptions.parse({
			name,
			split: { train: 0.5 },
			featureSkew: { name: "rotation", groups: 2 },
		});
		expect(parsed.split).toEqual({ train: 0.5, validation: 0, test: 0.2 });
		expect(parsed.featureSkew).toEqual({ name: "rotation", groups: 2, degrees: 90 });
		expect(partitionOptions.parse({ name }).split).toEqual({ train: 0.8, validation: 0, test: 0.2 });
		expect(partitionOptions.safeParse({ name, unknown: 1 }).success).toBe(false);
	}
});

import { createHash } from "node:crypto";
import type { Examples } from "@fl-sim/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DataSource, LoadedData, OwnerGenerator } from "../source.ts";
import { dialects } from "./dialects/dialects.ts";
import { glyphs } from "./glyphs/glyphs.ts";
import { shapes } from "./shapes/shapes.ts";
import { synthetic } from "./synthetic/synthetic.ts";

/** A source with its options filled in. */
interface Case {
	readonly name: string;
	readonly numOwners: number;
	/** First 16 hex digits of the SHA-256 of the training and test columns for seed 5. */
	readonly golden: string;
	readonly load: (seed: string | number) => Promise<LoadedData>;
	readonly owners: (seed: string | number) => OwnerGenerator;
}

function caseOf(
	source: DataSource,
	options: object,
	expected: { readonly numOwners: number; readonly golden: string },
): Case {
	const chosen = source.options.parse({ name: source.name, ...options });
	const ownersOf = source.owners?.bind(source);
	if (ownersOf === undefined) throw new Error(`${source.name} makes no owners`);
	return {
		name: source.name,
		...expected,
		load: (seed) => source.load(chosen, { seed, baseFolder: "." }),
		owners: (seed) => ownersOf(chosen, { seed, baseFolder: "." }),
	};
}

const cases: readonly Case[] = [
	caseOf(
		glyphs,
		{ classes: 12, trainExamples: 50, testExamples: 30, writers: 7 },
		{ numOwners: 7, golden: "6fe9f7d688b30bc6" },
	),
	caseOf(
		shapes,
		{ trainExamples: 52, testExamples: 21, usersPerDomain: 2 },
		{ numOwners: 10, golden: "62a55fdb59259252" },
	),
	caseOf(
		dialects,
		{ trainExamples: 100, testExamples: 40, speakers: 7, dialects: 3 },
		{ numOwners: 7, golden: "4278fbaf41154bf0" },
	),
	caseOf(synthetic, { users: 4, maxExamplesPerUser: 60 }, { numOwners: 4, golden: "868ec8cfad06e9e4" }),
];

function columnsOf(examples: Examples): ArrayBufferView[] {
	const { features, labels, owners, domains } = examples;
	return [features.values, labels, owners, domains].filter((column) => column !== undefined);
}

function digestOf(...sets: readonly Examples[]): string {
	const hash = createHash("sha256");
	for (const column of sets.flatMap(columnsOf)) {
		hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
	}
	return hash.digest("hex").slice(0, 16);
}

/** Rows of one owner, as plain arrays that compare by value. */
function rowsOfOwner(examples: Examples, owner: number): { values: number[]; labels: number[] } {
	const width = examples.features.values.length / examples.numExamples;
	const rows = [...examples.labels.keys()].filter((row) => examples.owners?.[row] === owner);
	return {
		values: rows.flatMap((row) => [...examples.features.values.subarray(row * width, (row + 1) * width)]),
		labels: rows.map((row) => examples.labels[row] as number),
	};
}

describe.each(cases)("$name", ({ numOwners, golden, load, owners }) => {
	test("makes the same bytes for the same seed, on every machine", async () => {
		const { train, test: central } = await load(5);
		expect(digestOf(train, central)).toBe(golden);
	});

	test("makes other bytes for another seed", async () => {
		expect(digestOf((await load(6)).train)).not.toBe(digestOf((await load(5)).train));
	});

	test("makes an owner alone as it stands in the pooled set", async () => {
		const { train } = await load(5);
		for (let owner = 0; owner < numOwners; owner++) {
			const alone = owners(5).examples(owner);
			expect(rowsOfOwner(alone, owner)).toEqual(rowsOfOwner(train, owner));
			expect(alone.numExamples).toBeGreaterThan(0);
		}
	});

	test("makes an owner the same whatever was made before", () => {
		const generator = owners(5);
		generator.centralTest();
		generator.examples(1);
		const later = generator.examples(2);
		expect(digestOf(later)).toBe(digestOf(owners(5).examples(2)));
		expect(digestOf(generator.examples(2))).toBe(digestOf(later));
	});

	test("knows how many examples an owner has without making them, for any owner", () => {
		const generator = owners(5);
		for (const owner of [0, 1, numOwners - 1, numOwners, 99_999]) {
			const examples = generator.examples(owner);
			expect(examples.numExamples).toBe(generator.numExamples(owner));
			expect(new Set(examples.owners)).toEqual(new Set([owner]));
		}
	});

	test("gives owners beyond the pooled ones data of their own", () => {
		const generator = owners(5);
		expect(digestOf(generator.examples(numOwners))).not.toBe(digestOf(generator.examples(0)));
		const values = (owner: number): number[] => rowsOfOwner(generator.examples(owner), owner).values;
		expect(values(numOwners)).not.toEqual(values(0));
	});

	test("gives generator and pooled set the same central test", async () => {
		expect(digestOf(owners(5).centralTest())).toBe(digestOf((await load(5)).test));
	});

	test("shares no example between training and test", async () => {
		const { train, test: central } = await load(5);
		const keyed = (examples: Examples): string[] => {
			const width = examples.features.values.length / examples.numExamples;
			return Array.from({ length: examples.numExamples }, (_, row) =>
				[...examples.features.values.subarray(row * width, (row + 1) * width)].join(),
			);
		};
		const seen = new Set(keyed(train));
		expect(keyed(central).filter((key) => seen.has(key))).toEqual([]);
	});

	test("fills every column within its range, in shared memory", async () => {
		const { train, test: central } = await load(5);
		for (const set of [train, central]) {
			for (const column of columnsOf(set)) expect(column.buffer).toBeInstanceOf(SharedArrayBuffer);
			const perExample = set.features.kind === "tokens" ? set.featureShape.slice(0, -1) : set.featureShape;
			const width = perExample.reduce((product, extent) => product * extent, 1);
			expect(set.features.values).toHaveLength(set.numExamples * width);
			expect(set.features.values.every((value) => Number.isFinite(value))).toBe(true);
			expect(set.labels).toHaveLength(set.numExamples);
			expect(set.labels.every((label) => label >= 0 && label < set.numClasses)).toBe(true);
			expect(set.owners).toHaveLength(set.numExamples);
			if (set.classNames !== undefined) expect(set.classNames).toHaveLength(set.numClasses);
			const numDomains = set.domainNames?.length ?? 0;
			expect((set.domains ?? new Int32Array()).every((domain) => domain < numDomains)).toBe(true);
		}
	});
});

test.each([
	{ source: glyphs, wrong: { classes: 9 } },
	{ source: glyphs, wrong: { classes: 63 } },
	{ source: glyphs, wrong: { trainExamples: 99, writers: 100 } },
	{ source: glyphs, wrong: { newWriters: 1.1 } },
	{ source: glyphs, wrong: { noise: -0.1 } },
	{ source: glyphs, wrong: { labelAlpha: 0 } },
	{ source: shapes, wrong: { domains: [] } },
	{ source: shapes, wrong: { domains: ["flat", "flat"] } },
	{ source: shapes, wrong: { domains: ["oil"] } },
	{ source: shapes, wrong: { labels: "medium" } },
	{ source: shapes, wrong: { trainExamples: 20, usersPerDomain: 5 } },
	{ source: dialects, wrong: { dialects: 6 } },
	{ source: dialects, wrong: { window: 0 } },
	{ source: dialects, wrong: { strength: 2 } },
	{ source: dialects, wrong: { trainExamples: 5, speakers: 6 } },
	{ source: synthetic, wrong: { alpha: -1 } },
	{ source: synthetic, wrong: { classes: 1 } },
	{ source: synthetic, wrong: { maxExamplesPerUser: 49 } },
	{ source: synthetic, wrong: { colour: "red" } },
])("$source.name refuses $wrong before anything is made", ({ source, wrong }) => {
	expect(source.options.safeParse({ name: source.name }).success).toBe(true);
	expect(source.options.safeParse({ name: source.name, ...wrong }).success).toBe(false);
});

const smallGlyphs = fc.record({
	classes: fc.integer({ min: 10, max: 62 }),
	trainExamples: fc.integer({ min: 8, max: 60 }),
	testExamples: fc.integer({ min: 1, max: 40 }),
	writers: fc.integer({ min: 1, max: 8 }),
	newWriters: fc.double({ min: 0, max: 1, noNaN: true }),
	noise: fc.double({ min: 0, max: 1, noNaN: true }),
	variation: fc.double({ min: 0, max: 2, noNaN: true }),
});

test("glyphs have the sizes asked for under any options", async () => {
	await fc.assert(
		fc.asyncProperty(smallGlyphs, async (wanted) => {
			const chosen = glyphs.options.parse({ name: "glyphs", ...wanted });
			const { train, test: central } = await glyphs.load(chosen, { seed: 1, baseFolder: "." });
			expect(train.numExamples).toBe(wanted.trainExamples);
			expect(central.numExamples).toBe(wanted.testExamples);
			expect(new Set(train.owners).size).toBe(wanted.writers);
			expectBalance(train);
			expectBalance(central);
		}),
		{ numRuns: 25 },
	);
});

const smallShapes = fc.record({
	labels: fc.constantFrom("fine", "coarse"),
	domains: fc.subarray(["flat", "sketch", "textured", "night", "photo"], { minLength: 1 }),
	trainExamples: fc.integer({ min: 10, max: 50 }),
	usersPerDomain: fc.integer({ min: 1, max: 2 }),
	noise: fc.double({ min: 0, max: 1, noNaN: true }),
	variation: fc.double({ min: 0, max: 2, noNaN: true }),
});

test("shapes have the sizes and domains asked for under any options", async () => {
	await fc.assert(
		fc.asyncProperty(smallShapes, async (wanted) => {
			const chosen = shapes.options.parse({ name: "shapes", testExamples: 3, ...wanted });
			const { train } = await shapes.load(chosen, { seed: 1, baseFolder: "." });
			expect(train.numExamples).toBe(wanted.trainExamples);
			expect(train.domainNames).toEqual(wanted.domains);
			expect(new Set(train.domains).size).toBe(wanted.domains.length);
			if (wanted.labels === "fine") expectBalance(train);
		}),
		{ numRuns: 25 },
	);
});

/** Every class as often as any other, to within one example. */
function expectBalance({ labels, numClasses }: Examples): void {
	const counts = new Int32Array(numClasses);
	for (const label of labels) counts[label] = (counts[label] as number) + 1;
	expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
}

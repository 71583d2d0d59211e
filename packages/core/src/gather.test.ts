import fc from "fast-check";
import { expect, test } from "vitest";
import { type ExampleView, type FeatureColumn, featureSize, gatherBatch, gatherInto } from "./examples.ts";
import { randomStream } from "./random.ts";

const numExamples = 9;

interface Column {
	readonly featureShape: readonly number[];
	readonly features: FeatureColumn;
}

const extent = fc.integer({ min: 1, max: 5 });

/** Columns of every kind. */
const column: fc.Arbitrary<Column> = fc
	.tuple(extent, extent, fc.constantFrom("bytes", "floats", "tokens"), fc.nat())
	.map(([rows, columns, kind, seed]) => {
		const random = randomStream("column", seed);
		const featureShape = [rows, columns];
		const bytes = (length: number, below: number) =>
			Uint8Array.from({ length: numExamples * length }, () => random.integer(below));
		switch (kind) {
			case "bytes": {
				const values = bytes(rows * columns, 256);
				return { featureShape, features: { kind, values, scale: random.normal(), shift: random.normal() } };
			}
			case "tokens":
				return { featureShape, features: { kind, values: bytes(rows, columns), vocabularySize: columns } };
			case "floats": {
				const values = Float32Array.from({ length: numExamples * rows * columns }, () => random.normal());
				return { featureShape, features: { kind, values } };
			}
		}
	});

const below = (end: number) => fc.integer({ min: 0, max: end - 1 });

const selection = fc
	.record({
		indices: fc.array(below(numExamples), { minLength: 1, maxLength: 12 }),
		bounds: fc.tuple(fc.nat(), fc.nat()),
		transformed: fc.boolean(),
	})
	.map(({ indices, bounds: [a, b], transformed }) => {
		const length = indices.length + 1;
		const [from, to] = [Math.min(a % length, b % length), Math.max(a % length, b % length)];
		return { indices: Uint32Array.from(indices), from, to, transformed };
	});

test("gatherInto writes what gatherBatch returns, whatever the memory held, and nothing beside it", () => {
	fc.assert(
		fc.property(column, selection, ({ featureShape, features }, { indices, from, to, transformed }) => {
			const examples = {
				numExamples,
				featureShape,
				features,
				labels: Int32Array.from({ length: numExamples }, (_, index) => index % 4),
				numClasses: 4,
			};
			const view: ExampleView = {
				examples,
				indices,
				...(transformed && {
					transform(values: Float32Array, index: number) {
						values[0] = (values[0] as number) * 2 + index;
					},
				}),
			};
			const positions = Uint32Array.from(indices, (_, index) => indices.length - 1 - index);
			const expected = gatherBatch(view, positions, from, to);
			const length = (to - from) * featureSize(examples);
			for (const remains of [Number.NaN, 1, -(2 ** 100)]) {
				const memory = new Float32Array(length + 4).fill(remains);
				const target = memory.subarray(2, 2 + length);
				const found = gatherInto(target, { view, positions, from, to });
				expect(found).toEqual(expected);
				expect(found.features).toBe(target);
				expect([...memory.subarray(0, 2), ...memory.subarray(-2)]).toEqual([
					remains,
					remains,
					remains,
					remains,
				]);
			}
		}),
	);
});

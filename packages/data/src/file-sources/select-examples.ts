import {
	type Examples,
	type FeatureColumn,
	featureSize,
	type RandomStream,
	sampleWithoutReplacement,
} from "@fl-sim/core";
import { sharedBytes, sharedFloats, sharedInts } from "../shared-arrays.ts";

/** A copy of some examples, in the order of `indices`. */
function selectExamples(examples: Examples, indices: readonly number[]): Examples {
	const { owners, domains } = examples;
	return {
		...examples,
		numExamples: indices.length,
		features: selectFeatures(examples, indices),
		labels: selectInts(examples.labels, indices),
		...(owners === undefined ? {} : { owners: selectInts(owners, indices) }),
		...(domains === undefined ? {} : { domains: selectInts(domains, indices) }),
	};
}

/** The first `count` examples, or all. */
export function firstExamples(examples: Examples, count: number | undefined): Examples {
	if (count === undefined || count >= examples.numExamples) return examples;
	return selectExamples(
		examples,
		Array.from({ length: count }, (_, position) => position),
	);
}

/** `count` examples at equal distances, or all. */
export function spacedExamples(examples: Examples, count: number | undefined): Examples {
	if (count === undefined || count >= examples.numExamples) return examples;
	return selectExamples(
		examples,
		Array.from({ length: count }, (_, position) => Math.floor((position * examples.numExamples) / count)),
	);
}

/**
 * Divides at least two examples into training and test ones; at least one goes to each side. Takes `examples`
 * over: the training ones are moved together in the same memory, so that there are never two copies of them.
 */
export function holdOut(
	examples: Examples,
	fraction: number,
	random: RandomStream,
): { train: Examples; test: Examples } {
	const { numExamples } = examples;
	const numTest = Math.min(Math.max(Math.round(numExamples * fraction), 1), numExamples - 1);
	const indices = sampleWithoutReplacement(random, numExamples, numTest);
	const test = selectExamples(examples, indices);
	return { train: withoutExamples(examples, new Set(indices)), test };
}

function withoutExamples(examples: Examples, dropped: ReadonlySet<number>): Examples {
	const { owners, domains, features } = examples;
	const width = columnWidth(examples);
	const compact = <Values extends Uint8Array | Float32Array | Int32Array>(values: Values, width: number) =>
		withoutRows(values, width, dropped) as Values;
	return {
		...examples,
		numExamples: examples.numExamples - dropped.size,
		features:
			features.kind === "floats"
				? { ...features, values: compact(features.values, width) }
				: { ...features, values: compact(features.values, width) },
		labels: compact(examples.labels, 1),
		...(owners === undefined ? {} : { owners: compact(owners, 1) }),
		...(domains === undefined ? {} : { domains: compact(domains, 1) }),
	};
}

/** Moves the rows that stay to the front, in order; returns a view on them. */
function withoutRows(
	values: Uint8Array | Float32Array | Int32Array,
	width: number,
	dropped: ReadonlySet<number>,
): Uint8Array | Float32Array | Int32Array {
	let kept = 0;
	for (let row = 0; row * width < values.length; row++) {
		if (dropped.has(row)) continue;
		values.copyWithin(kept * width, row * width, (row + 1) * width);
		kept++;
	}
	return values.subarray(0, kept * width);
}

/** Stored values per example: a token stands for a whole one-hot row. */
function columnWidth(examples: Examples): number {
	const size = featureSize(examples);
	return examples.features.kind === "tokens" ? size / examples.features.vocabularySize : size;
}

function selectFeatures(examples: Examples, indices: readonly number[]): FeatureColumn {
	const { features } = examples;
	const width = columnWidth(examples);
	if (features.kind === "floats") {
		const values = sharedFloats(indices.length * width);
		copyRows(features.values, values, { width, indices });
		return { ...features, values };
	}
	const values = sharedBytes(indices.length * width);
	copyRows(features.values, values, { width, indices });
	return { ...features, values };
}

function selectInts(values: Int32Array, indices: readonly number[]): Int32Array {
	const selected = sharedInts(indices.length);
	copyRows(values, selected, { width: 1, indices });
	return selected;
}

function copyRows<Values extends Uint8Array | Float32Array | Int32Array>(
	from: Values,
	to: Values,
	{ width, indices }: { width: number; indices: readonly number[] },
): void {
	for (const [position, index] of indices.entries()) {
		to.set(from.subarray(index * width, (index + 1) * width), position * width);
	}
}

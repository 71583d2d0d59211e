import type { Examples } from "@fl-sim/core";
import { dataError } from "./data-error.ts";
import { type NumericArray, sizeOf } from "./element-type.ts";
import { checkLabels } from "./labels.ts";
import { featureColumn, type Normalization } from "./normalization.ts";

export interface ArrayExamplesOptions {
	/** `[rows, ...]`. */
	readonly features: NumericArray<Uint8Array | Float32Array>;
	/** `[rows]` or `[rows, 1]`. */
	readonly labels: NumericArray<Int32Array>;
	readonly owners?: NumericArray<Int32Array> | undefined;
	readonly numClasses: number;
	readonly normalization: Normalization;
	/** Replaces the shape that the array gives; the same number of features. */
	readonly featureShape?: readonly number[] | undefined;
	readonly classNames?: readonly string[];
}

/**
 * Joins an array of features and one of labels to examples, without a copy. Throws `FlSimError` when their numbers
 * differ, when there are none, and for labels out of range.
 */
export function examplesFromArrays(options: ArrayExamplesOptions): Examples {
	const { features, labels, owners, numClasses, classNames } = options;
	const numExamples = features.shape[0] as number;
	if (numExamples === 0 || features.values.length === 0) {
		throw dataError({ file: features.file, found: "no examples", expected: "at least one" });
	}
	requireOnePerExample(features, labels, "labels");
	if (owners !== undefined) requireOnePerExample(features, owners, "owners");
	checkLabels(labels, numClasses);
	return {
		numExamples,
		featureShape: featureShapeOf(features, options.featureShape),
		features: featureColumn(features.values, options.normalization),
		labels: labels.values,
		numClasses,
		...(classNames === undefined ? {} : { classNames }),
		...(owners === undefined ? {} : { owners: owners.values }),
	};
}

function requireOnePerExample(
	features: NumericArray<Uint8Array | Float32Array>,
	column: NumericArray<Int32Array>,
	what: string,
): void {
	const numExamples = features.shape[0] as number;
	if (column.shape[0] === numExamples && column.values.length === numExamples) return;
	throw dataError({
		file: column.file,
		found: `${what} of the shape [${column.shape.join(", ")}]`,
		expected: `[${numExamples}], one for each example of ${features.file}`,
		fix: "Use features and labels that were written together.",
	});
}

function featureShapeOf(
	{ file, shape }: NumericArray<Uint8Array | Float32Array>,
	given: readonly number[] | undefined,
): readonly number[] {
	const own = shape.slice(1);
	return given === undefined ? standardFeatureShape(own) : checkedFeatureShape(file, given, sizeOf(own));
}

/** Scalars become vectors of one, pictures without channels get one: `[h, w]` becomes `[h, w, 1]`. */
function standardFeatureShape(shape: readonly number[]): readonly number[] {
	if (shape.length === 0) return [1];
	return shape.length === 2 ? [...shape, 1] : shape;
}

/** `given` if it has `width` features. Throws FL_DATA_FORMAT otherwise. */
export function checkedFeatureShape(
	file: string,
	given: readonly number[],
	width: number,
): readonly number[] {
	if (sizeOf(given) === width) return given;
	throw dataError({
		file,
		found: `${width} features per example`,
		expected: `${sizeOf(given)} for the shape [${given.join(", ")}]`,
		fix: "Give a `shape` whose product is the number of features.",
	});
}

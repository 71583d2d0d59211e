import { dataError } from "./data-error.ts";
import type { NumericArray } from "./element-type.ts";

/** More classes than any classifier here: a label beyond it is damage, not a class. */
const mostClasses = 65_536;

/** One more than the highest label. Throws FL_DATA_LABEL_RANGE for labels that cannot be classes. */
export function countClasses(...arrays: readonly NumericArray<Int32Array>[]): number {
	let highest = 0;
	for (const labels of arrays) {
		checkLabels(labels, mostClasses);
		for (const label of labels.values) highest = Math.max(highest, label);
	}
	return highest + 1;
}

/** Throws FL_DATA_LABEL_RANGE unless every label is in 0 .. numClasses - 1. */
export function checkLabels({ file, values }: NumericArray<Int32Array>, numClasses: number): void {
	for (let i = 0; i < values.length; i++) {
		const label = values[i] as number;
		if (label < 0 || label >= numClasses) throw labelOutOfRange(file, `label ${i}`, { label, numClasses });
	}
}

export function labelOutOfRange(
	file: string,
	place: string,
	{ label, numClasses }: { label: number; numClasses: number },
) {
	return dataError({
		code: "FL_DATA_LABEL_RANGE",
		file,
		place,
		found: `class ${label}`,
		expected: `0 to ${numClasses - 1}`,
	});
}

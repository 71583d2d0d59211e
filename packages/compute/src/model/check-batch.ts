import { type Batch, FlSimError, type Vector } from "@fl-sim/core";

/** What the vectors and batches of a model look like. */
export interface ModelSizes {
	readonly numParams: number;
	/** Number of values of one example. */
	readonly featureSize: number;
	readonly numClasses: number;
}

/** Throws `FL_MODEL_SHAPE` when a flat vector is not `[d]`. */
export function checkVector(name: string, vector: Vector, { numParams }: ModelSizes): void {
	if (vector.length === numParams) return;
	throw new FlSimError(
		"FL_MODEL_SHAPE",
		`${name} has ${vector.length} values, but the model has ${numParams}`,
		{
			details: { found: vector.length, expected: numParams },
		},
	);
}

/** Throws `FL_MODEL_SHAPE` when the arrays of a batch disagree, `FL_DATA_LABEL_RANGE` at an impossible label. */
export function checkBatch({ size, features, labels }: Batch, { featureSize, numClasses }: ModelSizes): void {
	if (features.length !== size * featureSize || labels.length !== size) {
		throw new FlSimError(
			"FL_MODEL_SHAPE",
			`A batch of ${size} has ${features.length} feature values and ${labels.length} labels, ` +
				`but the model expects ${featureSize} values and one label per example`,
			{ details: { size, features: features.length, labels: labels.length, featureSize } },
		);
	}
	for (let row = 0; row < size; row++) {
		const label = labels[row] as number;
		if (label >= 0 && label < numClasses) continue;
		throw new FlSimError(
			"FL_DATA_LABEL_RANGE",
			`Example ${row} of a batch has label ${label}, but the classes are 0 to ${numClasses - 1}`,
			{ details: { row, label, numClasses } },
		);
	}
}

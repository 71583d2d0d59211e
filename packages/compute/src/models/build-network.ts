import { FlSimError, type Layout, layoutOf } from "@fl-sim/core";
import type { Layer, LayerMaker } from "../layers/layer.ts";
import { sequence } from "../layers/sequence.ts";
import { type ModelOptions, models } from "./registry.ts";

/** A model's layers on a data set's shape, as one layer, and where their parts lie in the parameter vector. */
export interface Network {
	readonly layers: Layer;
	readonly layout: Layout;
}

/** Throws `FL_MODEL_SHAPE` when the model does not take examples of this shape or the classes are too few. */
export function buildNetwork(
	options: ModelOptions,
	featureShape: readonly number[],
	numClasses: number,
): Network {
	checkShape(options.name, featureShape, numClasses);
	const makers = models[options.name].layers(options, { featureShape, numClasses });
	return assembleNetwork(makers, featureShape);
}

export function assembleNetwork(makers: readonly LayerMaker[], featureShape: readonly number[]): Network {
	const layers = sequence(makers)(featureShape);
	const layout = layoutOf(layers.parts.map(({ name, shape, layer, kind }) => ({ name, shape, layer, kind })));
	return { layers, layout };
}

function checkShape(name: ModelOptions["name"], featureShape: readonly number[], numClasses: number): void {
	const shape = `[${featureShape.join(", ")}]`;
	const details = { model: name, featureShape: shape, numClasses };
	if (featureShape.length === 0 || !featureShape.every((extent) => Number.isInteger(extent) && extent > 0)) {
		throw new FlSimError(
			"FL_MODEL_SHAPE",
			`The data set's examples have shape ${shape}; every model needs one or more positive extents`,
			{ details },
		);
	}
	if (!Number.isInteger(numClasses) || numClasses < 2) {
		throw new FlSimError(
			"FL_MODEL_SHAPE",
			`The data set has ${numClasses} classes; a classifier needs 2 or more`,
			{
				details,
			},
		);
	}
	const { expects, fits } = models[name];
	if (fits(featureShape)) return;
	const fitting = Object.entries(models)
		.filter(([, other]) => other.fits(featureShape))
		.map(([other]) => other);
	throw new FlSimError(
		"FL_MODEL_SHAPE",
		`The model ${name} does not fit the data set: its examples have shape ${shape}, but ${name} expects ${expects}`,
		{ fix: `Models that fit this data set: ${fitting.join(", ")}.`, details },
	);
}

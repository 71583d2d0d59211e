import { type Layout, partOf, type RandomStream, type Vector, zeros } from "@fl-sim/core";
import { fillInitialValues } from "../layers/initial-values.ts";
import { buildNetwork, type Network } from "./build-network.ts";
import type { ModelOptions } from "./registry.ts";

/** A model as far as it is known without a backend. */
export interface ModelDescription {
	readonly name: ModelOptions["name"];
	readonly layout: Layout;
	/** Multiply-adds of the matrix products and convolutions of one example's forward pass. */
	readonly forwardMultiplyAdds: number;
	/**
	 * Initial parameters, `[d]`, a new vector. Each part draws from a stream of its own name, so that another
	 * part more or less moves no other.
	 */
	init(random: RandomStream): Vector;
}

/** Computes a model's shapes. Throws `FL_MODEL_SHAPE` when the model does not fit the data set. */
export function describeModel(
	options: ModelOptions,
	featureShape: readonly number[],
	numClasses: number,
): ModelDescription {
	const network = buildNetwork(options, featureShape, numClasses);
	return {
		name: options.name,
		layout: network.layout,
		forwardMultiplyAdds: network.layers.multiplyAdds,
		init: (random) => initialParams(network, random),
	};
}

/** See `ModelDescription.init`. */
export function initialParams({ layers, layout }: Network, random: RandomStream): Vector {
	const params = zeros(layout.size);
	layout.parts.forEach((part, index) => {
		const declared = layers.parts[index];
		if (declared !== undefined) {
			fillInitialValues(partOf(params, part), declared.initial, random.derive(part.name));
		}
	});
	return params;
}

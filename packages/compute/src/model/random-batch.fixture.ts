import { type Batch, randomStream, type Vector } from "@fl-sim/core";

/** Standard normal features and uniform labels. */
export function randomBatch(size: number, featureShape: readonly number[], numClasses: number): Batch {
	const random = randomStream("batch", size, ...featureShape);
	const featureSize = featureShape.reduce((product, extent) => product * extent, 1);
	return {
		size,
		features: Float32Array.from({ length: size * featureSize }, () => random.normal()),
		labels: Int32Array.from({ length: size }, () => random.integer(numClasses)),
	};
}

/** `params` with a little noise on every value, so that no part is all zero or all one. */
export function disturbed(params: Vector): Vector {
	const random = randomStream("noise", params.length);
	return params.map((value) => value + 0.1 * random.uniform());
}

import { type Backend, createModel } from "@fl-sim/compute";
import type { ModelOptions } from "@fl-sim/compute/options";
import { type ExampleView, plainWorkspace, positionsOf, randomStream, shuffledPositions } from "@fl-sim/core";

const numExamples = 600;
const numClasses = 10;
const learningRate = 0.01;

export interface LocalStep {
	readonly parameters: number;
	readonly step: () => void;
	/** Gives the memory back. */
	readonly close: () => void;
}

/** One step of a client's local training on random pictures, as every method takes it: gathers a batch, loss and gradient, SGD. */
export function createLocalStep(
	backend: Backend,
	options: ModelOptions,
	featureShape: readonly number[],
	batchSize: number,
): LocalStep {
	const model = createModel(backend, options, featureShape, numClasses);
	const workspace = model.openWorkspace?.() ?? plainWorkspace(model.layout.size);
	const params = workspace.vector(model.init(randomStream(1)));
	const gradient = workspace.vector();
	const view = randomPictures(featureShape);
	const positions = shuffledPositions(numExamples, randomStream("order"));
	let from = 0;
	return {
		parameters: params.length,
		step() {
			if (from + batchSize > numExamples) from = 0;
			const batch = workspace.gather(view, positions, from, from + batchSize);
			from += batchSize;
			const loss = model.lossAndGradient(params, batch, gradient);
			if (!Number.isFinite(loss)) throw new Error("the loss is not a finite number, or not there at once");
			workspace.arithmetic.sgdStep(params, gradient, learningRate);
		},
		close: () => workspace.close(),
	};
}

function randomPictures(featureShape: readonly number[]): ExampleView {
	const random = randomStream("pictures");
	const featureSize = featureShape.reduce((product, extent) => product * extent, 1);
	const values = Uint8Array.from({ length: numExamples * featureSize }, () => random.integer(256));
	return {
		examples: {
			numExamples,
			featureShape,
			features: { kind: "bytes", values, scale: 1 / 255, shift: 0 },
			labels: Int32Array.from({ length: numExamples }, () => random.integer(numClasses)),
			numClasses,
		},
		indices: positionsOf(numExamples),
	};
}

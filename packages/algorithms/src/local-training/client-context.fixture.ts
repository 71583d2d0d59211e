import type { Batch, ClientContext, ClientOptimizer, LocalTraining, Model } from "@fl-sim/core";
import { layoutOf, positionsOf, randomStream } from "@fl-sim/core";

export const sgd = {
	name: "sgd",
	momentum: 0,
	nesterov: false,
	weightDecay: 0,
} as const satisfies ClientOptimizer;

/** One weight and one running statistic; the gradient of the weight is given, the loss is the batch size. */
export function pullingModel(gradientOf: (weight: number) => number, seen: Batch[] = []): Model {
	return {
		layout: layoutOf([
			{ name: "w", shape: [1], layer: "dense", kind: "weight" },
			{ name: "mean", shape: [1], layer: "norm", kind: "buffer" },
		]),
		init: () => new Float32Array(2),
		lossAndGradient(params, batch, gradient) {
			seen.push(batch);
			gradient[0] = gradientOf(params[0] as number);
			gradient[1] = 0;
			params[1] = (params[1] as number) + 1;
			return batch.size;
		},
		evaluate: () => ({ lossSum: 0, numCorrect: 0, numExamples: 0 }),
	};
}

/** Client 3 in round 1, with so many examples of one feature. */
export function contextOf(
	model: Model,
	training: Partial<LocalTraining>,
	numExamples = 5,
): ClientContext<unknown> {
	const examples = {
		numExamples,
		featureShape: [1],
		features: { kind: "floats", values: Float32Array.from(positionsOf(numExamples)) },
		labels: new Int32Array(numExamples),
		numClasses: 1,
	} as const;
	const view = { examples, indices: positionsOf(numExamples) };
	return {
		options: {},
		call: () => Promise.reject(new Error("local training asks nobody")),
		round: 1,
		client: 3,
		model,
		data: { train: view, validation: view, test: view },
		training: {
			amount: { epochs: 1 },
			batchSize: 2,
			optimizer: sgd,
			learningRate: 0.5,
			clipNorm: undefined,
			workFraction: 1,
			...training,
		},
		evaluation: { batchSize: 2, afterTraining: false },
		initialParams: () => model.init(randomStream(1, "model")),
		random: randomStream(1, "client", 3),
	};
}

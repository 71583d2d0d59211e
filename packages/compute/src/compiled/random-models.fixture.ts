import { type Batch, type BatchEvaluation, randomStream, type Vector, zeros } from "@fl-sim/core";
import fc from "fast-check";
import type { ComputeModel } from "../model/create-model.ts";
import { type ModelOptions, modelOptions, models } from "../models/registry.ts";

/** A model, examples that fit it, and how many. */
export interface ModelCase {
	readonly options: ModelOptions;
	readonly featureShape: readonly number[];
	readonly numClasses: number;
	readonly batchSize: number;
}

const extent = (min: number, max: number) => fc.integer({ min, max });
const image = (smallest: number, largest: number) =>
	fc.tuple(extent(smallest, largest), extent(smallest, largest), extent(1, 3));
const anyShape = fc.array(extent(1, 6), { minLength: 1, maxLength: 3 });

/** Options and shapes of every model of the registry. */
const choices: Readonly<
	Record<ModelOptions["name"], { options: fc.Arbitrary<object>; featureShape: fc.Arbitrary<number[]> }>
> = {
	softmax: { options: fc.constant({}), featureShape: anyShape },
	mlp: {
		options: fc.record({ hidden: fc.array(extent(1, 40), { minLength: 1, maxLength: 4 }) }),
		featureShape: anyShape,
	},
	lenet5: {
		options: fc.record({
			activation: fc.constantFrom("relu", "tanh"),
			pooling: fc.constantFrom("max", "average"),
		}),
		featureShape: image(12, 14),
	},
	"mcmahan-cnn": { options: fc.constant({}), featureShape: image(4, 6) },
	resnet8: {
		options: fc.record({ norm: fc.constantFrom("group", "batch"), groups: fc.constantFrom(1, 2, 4, 8, 16) }),
		featureShape: image(4, 7),
	},
	transformer: {
		options: fc.record({
			width: fc.constantFrom(4, 8, 12),
			blocks: extent(1, 2),
			heads: fc.constantFrom(1, 2, 4),
		}),
		featureShape: fc.tuple(extent(1, 6), extent(2, 5)),
	},
};

export const modelNames = Object.keys(models) as ModelOptions["name"][];

export function modelCases(name: ModelOptions["name"]): fc.Arbitrary<ModelCase> {
	const { options, featureShape } = choices[name];
	return fc.record({
		options: options.map((chosen) => modelOptions.parse({ name, ...chosen })),
		featureShape,
		numClasses: extent(2, 5),
		batchSize: fc.constantFrom(1, 3, 7, 10, 33),
	});
}

export interface DrawnInput {
	readonly params: Vector;
	readonly batch: Batch;
}

/** Parameters near initial ones and a batch of standard normal features. */
export function draw(
	{ featureShape, numClasses, batchSize }: ModelCase,
	model: ComputeModel,
	seed: number,
): DrawnInput {
	const random = randomStream("draw", seed);
	const params = model.init(random.derive("params"));
	for (const [index, value] of params.entries()) params[index] = value + 0.02 * random.normal();
	const featureSize = featureShape.reduce((product, size) => product * size, 1);
	const batch = {
		size: batchSize,
		features: Float32Array.from({ length: batchSize * featureSize }, () => random.normal()),
		labels: Int32Array.from({ length: batchSize }, () => random.integer(numClasses)),
	};
	return { params, batch };
}

/** What a training step and an evaluation give. */
export interface StepResult {
	readonly loss: number;
	readonly gradient: Vector;
	/** Parameters afterwards, with their new buffers. */
	readonly params: Vector;
	readonly evaluation: BatchEvaluation;
}

/** A step on vectors outside the machine's memory. */
export function stepOutside(model: ComputeModel, { params, batch }: DrawnInput): StepResult {
	const changed = params.slice();
	const gradient = zeros(params.length).fill(Number.NaN);
	const loss = model.lossAndGradient(changed, batch, gradient) as number;
	return { loss, gradient, params: changed, evaluation: model.evaluate(params, batch) as BatchEvaluation };
}

/** The same on vectors in a workspace. */
export function stepInside(model: ComputeModel, { params, batch }: DrawnInput): StepResult {
	const workspace = model.openWorkspace?.();
	if (workspace === undefined) throw new Error("the model has no workspace");
	try {
		const features = { kind: "floats", values: batch.features } as const;
		const examples = {
			numExamples: batch.size,
			featureShape: [batch.features.length / batch.size],
			features,
			labels: batch.labels,
			numClasses: 0,
		};
		const indices = Uint32Array.from(batch.labels.keys());
		const gathered = workspace.gather({ examples, indices }, indices, 0, batch.size);
		const changed = workspace.vector(params);
		const gradient = workspace.vector().fill(Number.NaN);
		const loss = model.lossAndGradient(changed, gathered, gradient) as number;
		const evaluation = model.evaluate(workspace.vector(params), gathered) as BatchEvaluation;
		return { loss, gradient: gradient.slice(), params: changed.slice(), evaluation };
	} finally {
		workspace.close();
	}
}

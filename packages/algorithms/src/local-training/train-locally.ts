import {
	type ClientContext,
	type ClientReport,
	FlSimError,
	numLocalSteps,
	plainWorkspace,
	shuffledPositions,
	type TrainingWorkspace,
	type Vector,
	type VectorArithmetic,
} from "@fl-sim/core";
import { createClientOptimizer } from "./client-optimizer.ts";
import { addWeightDecay, clipByNorm, type GradientTransform } from "./gradient-transforms.ts";

export interface LocalDelta {
	/** Parameters after the last step minus those before the first, a new vector `[d]`. */
	readonly delta: Vector;
	readonly report: ClientReport;
}

interface LocalTask {
	readonly context: ClientContext<unknown>;
	readonly start: Vector;
	readonly transforms: readonly GradientTransform[];
}

/**
 * The local training loop of every method: mini-batches in a new random order per epoch, gradient, transforms,
 * optimizer step. `transforms` run first, on the plain gradient; then weight decay, then clipping.
 *
 * @throws FL_TRAINING_DIVERGED when a loss is NaN or infinite.
 */
export async function localDelta(
	context: ClientContext<unknown>,
	start: Vector,
	transforms: readonly GradientTransform[] = [],
): Promise<LocalDelta> {
	const { model } = context;
	const workspace = model.openWorkspace?.() ?? plainWorkspace(model.layout.size);
	try {
		const { params, report } = await trainIn(workspace, { context, start, transforms });
		return { delta: workspace.difference(params, start), report };
	} finally {
		workspace.close();
	}
}

/** The loop. The parameters are the workspace's. */
async function trainIn(
	workspace: TrainingWorkspace,
	{ context, start, transforms }: LocalTask,
): Promise<{ readonly params: Vector; readonly report: ClientReport }> {
	const { model, training, data } = context;
	const batches = schedule(context);
	const { numExamples } = batches;
	const steps = numLocalSteps(training, numExamples);
	const chain = [...transforms, ...standardTransforms(context, workspace.arithmetic)];
	const optimize = createClientOptimizer(training.optimizer, workspace);
	const params = workspace.vector(start);
	const gradient = workspace.vector();
	let lossSum = 0;
	for (let step = 0; step < steps; step++) {
		const { positions, from, to } = batches.positionsOfStep(step);
		const batch = workspace.gather(data.train, positions, from, to);
		const loss = await model.lossAndGradient(params, batch, gradient);
		if (!Number.isFinite(loss)) throw diverged(context, step, loss);
		lossSum += loss;
		for (const transform of chain) transform(gradient, params);
		optimize(params, gradient, training.learningRate);
	}
	const trainLoss = steps === 0 ? 0 : lossSum / steps;
	return { params, report: { trainLoss, numExamples, steps } };
}

function standardTransforms(
	{ model, training }: ClientContext<unknown>,
	arithmetic: VectorArithmetic,
): GradientTransform[] {
	const transforms: GradientTransform[] = [];
	if (training.optimizer.weightDecay > 0) {
		transforms.push(addWeightDecay(training.optimizer.weightDecay, model.layout, arithmetic));
	}
	if (training.clipNorm !== undefined) transforms.push(clipByNorm(training.clipNorm, arithmetic));
	return transforms;
}

/** Which examples each step sees: epoch after epoch, the last mini-batch of an epoch being the short one. */
function schedule({ data, training, random }: ClientContext<unknown>) {
	const numExamples = data.train.indices.length;
	const batchSize = training.batchSize === "all" ? numExamples : training.batchSize;
	const stepsPerEpoch = Math.ceil(numExamples / batchSize);
	let epoch = -1;
	let positions: Uint32Array = new Uint32Array();
	return {
		numExamples,
		positionsOfStep(step: number) {
			if (Math.floor(step / stepsPerEpoch) !== epoch) {
				epoch = Math.floor(step / stepsPerEpoch);
				positions = shuffledPositions(numExamples, random.derive("shuffle", epoch));
			}
			const from = (step % stepsPerEpoch) * batchSize;
			return { positions, from, to: Math.min(from + batchSize, numExamples) };
		},
	};
}

function diverged(
	{ round, client, training }: ClientContext<unknown>,
	step: number,
	loss: number,
): FlSimError {
	return new FlSimError(
		"FL_TRAINING_DIVERGED",
		`training diverged: round ${round}, client ${client}, local step ${step + 1}: the loss is ${loss}, expected a finite number (learning rate ${training.learningRate})`,
		{
			fix: "Lower clients.learningRate or set clients.clipNorm.",
			details: { round, client, step: step + 1 },
		},
	);
}

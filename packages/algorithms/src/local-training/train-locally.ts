import {
	type ClientContext,
	type ClientReport,
	evaluateExamples,
	FlSimError,
	type LayoutPart,
	type Model,
	numLocalSteps,
	plainWorkspace,
	shuffledPositions,
	type TrainingWorkspace,
	type Vector,
	type VectorArithmetic,
} from "@fl-sim/core";
import { createClientOptimizer } from "./client-optimizer.ts";
import { addWeightDecay, clipByNorm, freeze, type GradientTransform } from "./gradient-transforms.ts";

export interface LocalDelta {
	/** Parameters after the last step minus those before the first, a new vector `[d]`. */
	readonly delta: Vector;
	readonly report: ClientReport;
}

export interface LocallyTrained {
	/** Parameters after the last step, a new vector `[d]`. */
	readonly params: Vector;
	readonly report: ClientReport;
}

/** What a method adds to plain local training. */
export interface TrainingChanges {
	/** Run on each gradient before weight decay and clipping. */
	readonly transforms?: readonly GradientTransform[];
	/** Parts that no step changes. */
	readonly frozen?: readonly LayoutPart[];
}

interface LocalTask {
	readonly context: ClientContext<unknown>;
	readonly start: Vector;
	readonly changes: TrainingChanges;
}

/**
 * The local training loop of every method: mini-batches in a new random order per epoch, gradient, transforms,
 * optimizer step. The method's transforms run first, on the plain gradient; then weight decay, then clipping. Where the
 * round asks for it, the trained model is evaluated on the client's own test examples.
 *
 * @throws FL_TRAINING_DIVERGED when a loss is NaN or infinite.
 */
export function localDelta(
	context: ClientContext<unknown>,
	start: Vector,
	changes: TrainingChanges = {},
): Promise<LocalDelta> {
	return inWorkspace(context.model, async (workspace) => {
		const { params, report } = await trainIn(workspace, { context, start, changes });
		return { delta: workspace.difference(params, start), report };
	});
}

/** As `localDelta`, for methods whose clients keep the model itself: `start` plus a delta may differ in its last bits. */
export function trainLocally(
	context: ClientContext<unknown>,
	start: Vector,
	changes: TrainingChanges = {},
): Promise<LocallyTrained> {
	return inWorkspace(context.model, async (workspace) => {
		const { params, report } = await trainIn(workspace, { context, start, changes });
		return { params: params.slice(), report };
	});
}

async function inWorkspace<Result>(
	model: Model,
	train: (workspace: TrainingWorkspace) => Promise<Result>,
): Promise<Result> {
	const workspace = model.openWorkspace?.() ?? plainWorkspace(model.layout.size);
	try {
		return await train(workspace);
	} finally {
		workspace.close();
	}
}

/** The loop. The parameters are the workspace's. */
async function trainIn(
	workspace: TrainingWorkspace,
	{ context, start, changes }: LocalTask,
): Promise<{ readonly params: Vector; readonly report: ClientReport }> {
	const { model, training, data } = context;
	const batches = schedule(context);
	const { numExamples } = batches;
	const steps = numLocalSteps(training, numExamples);
	const chain = transformsOf(context, changes, workspace.arithmetic);
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
	const report = { trainLoss, numExamples, steps };
	if (!context.evaluation.afterTraining) return { params, report };
	const { batchSize } = context.evaluation;
	const range = { from: 0, to: data.test.indices.length, batchSize };
	return { params, report: { ...report, ownTest: await evaluateExamples(model, params, data.test, range) } };
}

function transformsOf(
	{ model, training }: ClientContext<unknown>,
	{ transforms = [], frozen = [] }: TrainingChanges,
	arithmetic: VectorArithmetic,
): GradientTransform[] {
	const chain = [...transforms];
	if (training.optimizer.weightDecay > 0) {
		chain.push(addWeightDecay(training.optimizer.weightDecay, model.layout, arithmetic));
	}
	if (frozen.length > 0) chain.push(freeze(frozen));
	if (training.clipNorm !== undefined) chain.push(clipByNorm(training.clipNorm, arithmetic));
	return chain;
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

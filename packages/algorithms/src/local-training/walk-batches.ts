import {
	type Batch,
	type ClientContext,
	type ClientReport,
	evaluateExamples,
	FlSimError,
	type Model,
	numLocalSteps,
	plainWorkspace,
	shuffledPositions,
	type TrainingWorkspace,
	type Vector,
} from "@fl-sim/core";

/** What a method does with the mini-batches of one client in one round. Its vectors are the workspace's. */
export interface BatchWalk<Result> {
	/**
	 * One local step, which takes as many mini-batches as it needs: a batch is valid until the next one is taken. Returns
	 * the loss to be reported, in nats.
	 */
	step(next: () => Batch): Promise<number>;
	/** The client's model after the last step, `[d]`: what is evaluated on its own test examples. */
	trained(): Vector;
	/** What is left of the training when the workspace is closed: must hold none of its vectors. */
	result(): Result;
}

export interface Walked<Result> {
	readonly result: Result;
	readonly report: ClientReport;
}

/**
 * The local training loop of every method: as many steps as the scenario says, on mini-batches in a new random order per
 * epoch, in a workspace that is closed at the end. Where the round asks for it, the trained model is evaluated on the
 * client's own test examples.
 *
 * @throws FL_TRAINING_DIVERGED when a loss is NaN or infinite.
 */
export async function walkBatches<Result>(
	context: ClientContext<unknown>,
	begin: (workspace: TrainingWorkspace) => BatchWalk<Result>,
): Promise<Walked<Result>> {
	const workspace = openWorkspace(context.model);
	try {
		const walk = begin(workspace);
		const report = await takeSteps(context, walk, batchesOf(context, workspace));
		if (!context.evaluation.afterTraining) return { result: walk.result(), report };
		const ownTest = await evaluateOnOwnTest(context, walk.trained());
		return { result: walk.result(), report: { ...report, ownTest } };
	} finally {
		workspace.close();
	}
}

function openWorkspace(model: Model): TrainingWorkspace {
	return model.openWorkspace?.() ?? plainWorkspace(model.layout.size);
}

async function takeSteps(
	context: ClientContext<unknown>,
	walk: BatchWalk<unknown>,
	next: () => Batch,
): Promise<ClientReport> {
	const numExamples = context.data.train.indices.length;
	const steps = numLocalSteps(context.training, numExamples);
	let lossSum = 0;
	for (let step = 0; step < steps; step++) {
		const loss = await walk.step(next);
		if (!Number.isFinite(loss)) throw diverged(context, step, loss);
		lossSum += loss;
	}
	return { trainLoss: steps === 0 ? 0 : lossSum / steps, numExamples, steps };
}

/** A model on the client's own test examples. */
export function evaluateOnOwnTest({ model, data, evaluation }: ClientContext<unknown>, params: Vector) {
	const range = { from: 0, to: data.test.indices.length, batchSize: evaluation.batchSize };
	return evaluateExamples(model, params, data.test, range);
}

/** Mini-batches without end: epoch after epoch, the last one of an epoch being the short one. */
function batchesOf(
	{ data, training, random }: ClientContext<unknown>,
	workspace: TrainingWorkspace,
): () => Batch {
	const numExamples = data.train.indices.length;
	const batchSize = training.batchSize === "all" ? numExamples : training.batchSize;
	let epoch = 0;
	let from = 0;
	let positions = shuffledPositions(numExamples, random.derive("shuffle", epoch));
	return () => {
		if (from >= numExamples) {
			epoch += 1;
			from = 0;
			positions = shuffledPositions(numExamples, random.derive("shuffle", epoch));
		}
		const to = Math.min(from + batchSize, numExamples);
		const batch = workspace.gather(data.train, positions, from, to);
		from = to;
		return batch;
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

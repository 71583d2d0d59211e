import type { Batch } from "./examples.ts";
import type { Layout } from "./layout.ts";
import type { RandomStream } from "./random.ts";
import type { TrainingWorkspace } from "./training-workspace.ts";
import type { Vector } from "./vector.ts";

/** Sums over a batch, so that batches of any size add up exactly. */
export interface BatchEvaluation {
	/** Sum of the losses of the examples, in nats. */
	readonly lossSum: number;
	/** Number of examples whose highest logit is the label's. */
	readonly numCorrect: number;
	readonly numExamples: number;
}

/** The one door between an algorithm and a learning library: everything is a flat vector. */
export interface Model {
	readonly layout: Layout;
	/** Initial parameters; depends on the stream alone, so every backend starts from the same bits. */
	init(random: RandomStream): Vector;
	/**
	 * Mean loss over the batch in nats, its gradient at `params` written into `gradient` `[d]`. Parts of kind
	 * `buffer` get gradient 0 and are updated in `params` in place.
	 */
	lossAndGradient(params: Vector, batch: Batch, gradient: Vector): number | Promise<number>;
	/** Evaluates without changing anything. */
	evaluate(params: Vector, batch: Batch): BatchEvaluation | Promise<BatchEvaluation>;
	/** A place to train a client without copies, where the model has one of its own. */
	openWorkspace?(): TrainingWorkspace;
}

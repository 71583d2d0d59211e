import type { Layout } from "./layout.ts";
import type { StateValue } from "./state.ts";
import type { Vector } from "./vector.ts";

/** The client optimizer, as the scenario gives it. */
export type ClientOptimizer =
	| {
			readonly name: "sgd";
			readonly momentum: number;
			readonly nesterov: boolean;
			readonly weightDecay: number;
	  }
	| {
			readonly name: "adam";
			readonly beta1: number;
			readonly beta2: number;
			readonly epsilon: number;
			readonly weightDecay: number;
	  };

/** How a client trains in one round: everything of the scenario's `clients` section that local training reads. */
export interface LocalTraining {
	/** Passes over the client's examples, or a number of mini-batches. */
	readonly amount: { readonly epochs: number } | { readonly steps: number };
	/** Examples per mini-batch; `all` takes the whole client as one batch. */
	readonly batchSize: number | "all";
	readonly optimizer: ClientOptimizer;
	/** Learning rate of this round, after the schedule. */
	readonly learningRate: number;
	/** Largest Euclidean norm of a mini-batch gradient; undefined leaves gradients alone. */
	readonly clipNorm: number | undefined;
	/** Share of the work that this client gets done, in (0, 1]; below 1 for a straggler that stops early. */
	readonly workFraction: number;
}

/** Number of local steps of a client with `numExamples` examples. */
export function numLocalSteps(training: LocalTraining, numExamples: number): number {
	if (numExamples === 0) return 0;
	const batchSize = training.batchSize === "all" ? numExamples : training.batchSize;
	const perEpoch = Math.ceil(numExamples / batchSize);
	const full = "steps" in training.amount ? training.amount.steps : training.amount.epochs * perEpoch;
	return full === 0 ? 0 : Math.max(1, Math.ceil(full * training.workFraction));
}

/** The server's optimizer: treats the mean delta of a round as a gradient that points uphill (Reddi et al., 2021). */
export interface ServerOptimizer {
	init(layout: Layout): StateValue;
	/** x_{t+1} and the new optimizer state; changes none of its inputs. `delta` is client minus global, `[d]`. */
	step(
		state: StateValue,
		params: Vector,
		delta: Vector,
		layout: Layout,
	): { readonly params: Vector; readonly state: StateValue };
}

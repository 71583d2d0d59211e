import type { BatchEvaluation, ClientReport, LossReason, StateValue, Vector } from "@fl-sim/core";

/** What a client is asked to do; `payload` is encoded. */
export interface TaskRequest {
	readonly round: number;
	/** Number of the exchange in its round, from 1. */
	readonly exchange: number;
	readonly client: number;
	readonly task: string;
	/** Share of its local work that the client is given time for, in (0, 1]. */
	readonly workFraction: number;
	readonly payload: Uint8Array;
}

/** A client's answer; `payload` is encoded. */
export interface TaskReply {
	readonly status: "replied";
	readonly payload: Uint8Array;
	readonly report: ClientReport;
	/** Time that the task took where it ran. */
	readonly wallSeconds: number;
}

/** A client that did not answer: a value, not an exception. */
export interface LostClient {
	readonly status: "lost";
	readonly reason: LossReason;
}

/** Answers a question that a running task asks the server; both payloads are encoded. */
export type Serve = (service: string, ask: Uint8Array) => Promise<Uint8Array>;

/** The only way from the server to a client: encoded bytes down, encoded bytes up. */
export interface Link {
	/** Tasks worth having under way at once; the engine starts no more. */
	readonly concurrency: number;
	/** Memory for payloads that many clients will read. */
	allocate(byteLength: number): Uint8Array;
	/** Rejects when a client's code fails, with the error of that client. `serve` answers what the task asks. */
	exchange(request: TaskRequest, signal: AbortSignal, serve: Serve): Promise<TaskReply | LostClient>;
}

/** States of clients that live in this process; real clients keep their own. */
export interface ClientStates {
	/** Everything needed to restore the states, for a checkpoint. */
	snapshot(): StateValue;
	restore(snapshot: StateValue): void;
}

/** A piece of evaluation small enough to be one unit of work. */
export type EvaluationJob =
	/** Examples `from .. to - 1` of the central test set. */
	| { readonly kind: "central"; readonly from: number; readonly to: number }
	/** All test examples of a client. */
	| { readonly kind: "client"; readonly client: number; readonly round: number };

/** Evaluates where the test data is. Results are in the order of `jobs`. */
export interface Evaluator {
	evaluate(
		params: Vector,
		jobs: readonly EvaluationJob[],
		signal: AbortSignal,
	): Promise<readonly BatchEvaluation[]>;
}

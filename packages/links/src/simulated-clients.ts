import type { BatchEvaluation, StateValue, Vector } from "@fl-sim/core";
import type {
	ClientHost,
	ClientStates,
	EvaluationJob,
	Evaluator,
	Link,
	TaskReply,
	TaskRequest,
} from "@fl-sim/engine";

/** What one thread needs to play clients and to evaluate. */
export interface ClientPlace {
	readonly host: ClientHost;
	evaluate(params: Vector, job: EvaluationJob): Promise<BatchEvaluation>;
	/** What the user should know of how it computes, a sentence each. */
	readonly notes: readonly string[];
	/** Bytes that the model's compiled steps take in this place, 0 if there are none. */
	readonly stepBytes: number;
}

/** All clients of a simulation: reached by a link, their states kept in this process, evaluation beside them. */
export interface SimulatedClients extends AsyncDisposable {
	readonly link: Link;
	/** Has a task done with a state that the caller keeps; undefined before a client's first task. */
	play(
		request: TaskRequest,
		state: StateValue | undefined,
		signal: AbortSignal,
	): Promise<{ readonly reply: TaskReply; readonly state: StateValue }>;
	readonly evaluator: Evaluator;
	readonly clientStates: ClientStates;
	/** The notes of a place and its memory; all have the same. */
	readonly notes: readonly string[];
	readonly stepBytes: number;
}

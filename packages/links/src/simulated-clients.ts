import { type BatchEvaluation, FlSimError, type StateValue, type Vector } from "@fl-sim/core";
import type {
	ClientHost,
	ClientStates,
	EvaluationJob,
	Evaluator,
	Link,
	Serve,
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

/** The clients of a run: reached by a link, evaluation beside them. */
export interface ReachableClients extends AsyncDisposable {
	readonly link: Link;
	readonly evaluator: Evaluator;
	readonly clientStates: ClientStates;
	/** The notes of a place and its memory; all have the same. */
	readonly notes: readonly string[];
	readonly stepBytes: number;
}

/** All clients of a simulation, their states kept in this process. */
export interface SimulatedClients extends ReachableClients {
	/** Has a task done with a state that the caller keeps; undefined before a client's first task. */
	play(
		request: TaskRequest,
		state: StateValue | undefined,
		signal: AbortSignal,
		serve?: Serve,
	): Promise<{ readonly reply: TaskReply; readonly state: StateValue }>;
}

/** Where a task can ask nobody. */
export function nobodyServes(service: string): Promise<never> {
	return Promise.reject(
		new FlSimError("FL_CLIENT_FAILED", `there is nobody to ask for the service ${service}`),
	);
}

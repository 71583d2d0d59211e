import type { BatchEvaluation, StateValue, Vector } from "@fl-sim/core";
import type { EvaluationJob, TaskReply, TaskRequest } from "@fl-sim/engine";
import type { Connection, DataShape, PayloadIdentity } from "@fl-sim/protocol";

/** How a connection ended. */
export interface Closing {
	/** WebSocket close code; 1006 when the connection broke. */
	readonly code: number;
	readonly reason: string;
}

/** A connection to the server, and what comes from there. */
export interface Channel extends Connection {
	/** Frames in the order in which they come, whatever their bytes; ends with the connection. */
	readonly frames: AsyncIterable<Uint8Array>;
	/** Resolves when no more frames can come. */
	readonly closed: Promise<Closing>;
}

/**
 * Opens connections to the server.
 *
 * @throws FlSimError with exit code 2 when trying again cannot help; anything else when the server was not reached.
 */
export interface Transport {
	connect(signal: AbortSignal): Promise<Channel>;
}

/** Time that only goes forward. */
export interface Timer {
	/** Milliseconds since some moment. */
	now(): number;
	/** Calls back once after so many milliseconds, unless what it returns is called before. */
	after(milliseconds: number, callback: () => void): () => void;
}

/** Where lines for the user go, with facts for programs. */
export interface SessionLog {
	info(facts: object, message: string): void;
	warn(facts: object, message: string): void;
}

/** What the server wants to be played. */
export interface Assignment {
	readonly client: number;
	/** As it came: not yet validated. */
	readonly scenario: Readonly<Record<string, unknown>>;
	readonly backend: string;
	/** What the data of all clients must be like. */
	readonly data: DataShape;
}

/** Answers a question that a running task asks the server; both payloads are encoded. */
export type AskServer = (service: string, ask: Uint8Array) => Promise<Uint8Array>;

/** Data, model and backend of one client, opened. Does one thing at a time, away from where the session runs. */
export interface ComputePlace extends AsyncDisposable {
	readonly backendVersion: string;
	/** Number of parameters of the model. */
	readonly parameters: number;
	readonly trainExamples: number;
	readonly testExamples: number;
	/** Memory for a payload that is to come. @throws FL_CLIENT_MEMORY when it would be too much. */
	allocate(byteLength: number): Uint8Array;
	/**
	 * `state` is undefined before the client's first task; `askServer` answers what the task asks. An abort ends
	 * the wait at once, if not the work.
	 */
	run(
		request: TaskRequest,
		state: StateValue | undefined,
		signal: AbortSignal,
		askServer: AskServer,
	): Promise<{ readonly reply: TaskReply; readonly state: StateValue }>;
	evaluate(params: Vector, job: EvaluationJob, signal: AbortSignal): Promise<BatchEvaluation>;
}

/** What computes here. */
export interface Compute {
	/** What could compute models, best first. */
	readonly backends: readonly string[];
	/** Rejects with the error of a user's mistake: data that are missing, or of another shape. */
	open(assignment: Assignment): Promise<ComputePlace>;
}

/** The last task that was done: what its result message says, besides the payload. */
export interface StoredResult {
	readonly task: string;
	/** What the task was done with. */
	readonly input: PayloadIdentity;
	readonly reply: TaskReply;
	readonly keepsState: boolean;
}

/** What a task leaves behind. */
export interface TaskOutcome {
	readonly task: string;
	readonly input: PayloadIdentity;
	readonly reply: TaskReply;
	readonly state: StateValue;
	/** States before this task's are not needed any more; null when all are. */
	readonly durable: string | null;
}

/** A client's own states and its last two results in one run. What was saved is there after a crash. */
export interface ClientStore {
	/** The state after a task; undefined when it is not there. */
	state(task: string): Promise<StateValue | undefined>;
	/** One of the last two results if it is of this task. */
	result(task: string): Promise<StoredResult | undefined>;
	/** Keeps all of it or, when it rejects, nothing, and what was there before. @throws FL_RUN_WRITE */
	save(outcome: TaskOutcome): Promise<void>;
	/** Nothing is asked or saved any more; another process may open it. */
	close(): Promise<void>;
}

/** Where stores are. */
export interface ClientStores {
	/** @throws FL_LOCKED when another process has it open */
	open(run: string, client: number): Promise<ClientStore>;
}

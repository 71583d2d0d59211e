import {
	type BatchEvaluation,
	type ErrorCode,
	errorCodes,
	FlSimError,
	messageOf,
	type StateValue,
	type Vector,
} from "@fl-sim/core";
import type { EvaluationJob, TaskReply, TaskRequest } from "@fl-sim/engine";

/**
 * Where client places come from: a module that exports `createClientPlace(settings, prepared)`, and may export
 * `prepareClientPlace(preparation)`, whose result is `prepared`.
 */
export interface WorkerStart<Settings> {
	readonly module: string;
	/** What the thread can get ready for before the settings are known. */
	readonly preparation?: unknown;
	/** Shared memory in it is shared, not copied. */
	readonly settings: Settings | Promise<Settings>;
}

/** What a thread starts with; the settings follow as its first message. */
export type WorkerOrigin = Pick<WorkerStart<unknown>, "module" | "preparation">;

/** The first message to a thread. */
export interface WorkerSettings {
	readonly kind: "open";
	readonly settings: unknown;
}

/** A unit of work. Payloads and parameters lie in shared memory. */
export type WorkerJob =
	| { readonly kind: "task"; readonly request: TaskRequest; readonly state: StateValue | undefined }
	| { readonly kind: "evaluate"; readonly params: Vector; readonly job: EvaluationJob };

export type WorkerResult =
	| { readonly kind: "task"; readonly reply: TaskReply; readonly state: StateValue }
	| { readonly kind: "evaluate"; readonly sums: BatchEvaluation };

/** What is told of a place once it is open. */
export interface PlaceTraits {
	readonly notes: readonly string[];
	readonly stepBytes: number;
}

/** A task asks the server; the answer comes as the next message. */
export interface WorkerCall {
	readonly type: "call";
	readonly service: string;
	readonly ask: Uint8Array;
}

export type WorkerAnswer =
	| { readonly kind: "answer"; readonly answer: Uint8Array }
	| { readonly kind: "answer"; readonly error: CarriedError };

export type WorkerMessage =
	| WorkerCall
	| ({ readonly type: "ready" } & PlaceTraits)
	| { readonly type: "done"; readonly result: WorkerResult }
	| { readonly type: "failed"; readonly error: CarriedError };

/** An error as it crosses threads, where classes are lost. */
export interface CarriedError {
	readonly code: string;
	readonly message: string;
	readonly fix: string | undefined;
	readonly details: Readonly<Record<string, string | number | boolean>>;
	readonly stack: string | undefined;
}

export function carryError(thrown: unknown): CarriedError {
	const stack = thrown instanceof Error ? thrown.stack : undefined;
	if (thrown instanceof FlSimError) {
		const { code, message, fix, details } = thrown;
		return { code, message, fix, details, stack };
	}
	return { code: "FL_WORKER_FAILED", message: messageOf(thrown), fix: undefined, details: {}, stack };
}

export function restoreError({ code, message, fix, details, stack }: CarriedError): FlSimError {
	const known: ErrorCode = isErrorCode(code) ? code : "FL_WORKER_FAILED";
	const error = new FlSimError(known, message, fix === undefined ? { details } : { fix, details });
	if (stack !== undefined) error.stack = stack;
	return error;
}

function isErrorCode(code: string): code is ErrorCode {
	return code in errorCodes;
}

/** What a failure means to the command line: 1 the run failed, 2 the user can mend it, 130 interrupted. */
export type ExitCode = 1 | 2 | 130;

/** Every error code with its exit code. `docs/errors.md` explains each; a test keeps the two in step. */
export const errorCodes = {
	FL_SCENARIO_SYNTAX: 2,
	FL_SCENARIO_INVALID: 2,
	FL_SCENARIO_FILE: 2,
	FL_SCENARIO_EXTENDS: 2,
	FL_SCENARIO_OVERRIDE: 2,
	FL_DATA_MISSING: 2,
	FL_DATA_FORMAT: 2,
	FL_DATA_TRUNCATED: 2,
	FL_DATA_LABEL_RANGE: 2,
	FL_DATA_NOT_FINITE: 2,
	FL_DATA_MISMATCH: 2,
	FL_DATA_DOWNLOAD: 2,
	FL_DATA_CHECKSUM: 2,
	FL_PARTITION_IMPOSSIBLE: 2,
	FL_MODEL_SHAPE: 2,
	FL_MODEL_MEMORY: 2,
	FL_BACKEND_UNAVAILABLE: 2,
	FL_WIRE_FORMAT: 1,
	FL_WIRE_DIMENSION: 1,
	FL_TRAINING_DIVERGED: 1,
	FL_CLIENT_FAILED: 1,
	FL_WORKER_FAILED: 1,
	FL_RUN_FOLDER: 2,
	FL_RUN_WRITE: 1,
	FL_RUN_CHECKPOINT_CORRUPT: 2,
	FL_RUN_MISMATCH: 2,
	FL_RUN_INTERRUPTED: 130,
	FL_LOCKED: 2,
	FL_COMPARISON: 2,
	FL_PROTOCOL_FRAME: 1,
	FL_PROTOCOL_MESSAGE: 1,
	FL_PROTOCOL_ORDER: 1,
	FL_PROTOCOL_SIZE: 1,
	FL_PROTOCOL_VERSION: 2,
	FL_SESSION_REFUSED: 2,
	FL_SESSION_FLOOD: 1,
	FL_SESSION_LOST: 1,
	FL_CLIENT_STATE: 1,
	FL_CLIENT_MEMORY: 1,
	FL_SERVER_LISTEN: 2,
	FL_TOKEN: 2,
	FL_TOKENS_FILE: 2,
	FL_CERTIFICATE: 2,
	FL_SERVER_EXPOSED: 2,
	FL_USAGE: 2,
} as const satisfies Record<string, ExitCode>;

export type ErrorCode = keyof typeof errorCodes;

export interface FlSimErrorOptions {
	/** What the user can do about it, as a sentence. */
	readonly fix?: string;
	/** Machine-readable facts: file, line, round, client. */
	readonly details?: Readonly<Record<string, string | number | boolean>>;
	readonly cause?: unknown;
}

/** An error that a user or caller can act on. The message says where, what was found and what was expected. */
export class FlSimError extends Error {
	override readonly name = "FlSimError";
	readonly code: ErrorCode;
	readonly fix: string | undefined;
	readonly details: Readonly<Record<string, string | number | boolean>>;

	constructor(code: ErrorCode, message: string, options: FlSimErrorOptions = {}) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.code = code;
		this.fix = options.fix;
		this.details = options.details ?? {};
	}

	get exitCode(): ExitCode {
		return errorCodes[this.code];
	}
}

/** The message of anything thrown. */
export function messageOf(thrown: unknown): string {
	return thrown instanceof Error ? thrown.message : String(thrown);
}

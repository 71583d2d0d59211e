import type { Level, Logger } from "pino";

export interface RunLog {
	readonly logger: Logger;
	/** @throws FL_RUN_WRITE when a line could not be written. */
	close(): void;
}

/** A logger that writes `log.ndjson` in the run folder. */
export function createRunLogger(folder: string, options: { readonly level?: Level | "silent" } = {}): RunLog {
	throw new Error(`${folder}${String(options)}`);
}

import { type Level, type Logger, pino } from "pino";
import { runFile } from "./run-files.ts";
import { writeFailure } from "./write-failure.ts";

export interface RunLog {
	readonly logger: Logger;
	/** @throws FL_RUN_WRITE when a line could not be written. */
	close(): void;
}

/** A logger that appends to `log.ndjson` in the run folder. @throws FL_RUN_WRITE */
export function createRunLogger(folder: string, options: { readonly level?: Level | "silent" } = {}): RunLog {
	const file = runFile(folder, "log");
	let failure: unknown;
	let destination: ReturnType<typeof pino.destination>;
	try {
		destination = pino.destination({ dest: file, sync: true });
	} catch (cause) {
		throw writeFailure(file, cause, { folder });
	}
	// A full disk must not end the process here: the recorder meets it too and tells what is safe.
	destination.on("error", (error: unknown) => {
		failure ??= error;
	});
	return {
		logger: pino({ level: options.level ?? "info", base: null }, destination),
		close() {
			destination.end();
			if (failure !== undefined) throw writeFailure(file, failure, { folder });
		},
	};
}

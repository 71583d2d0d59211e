import type { ClientEvaluation, RunEvent } from "@fl-sim/core";
import type { Manifest } from "./manifest.ts";
import type { RoundMetrics } from "./round-metrics.ts";

export type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { readonly type: Type }>;

/** Everything a run folder tells, as far as the run went. */
export interface RunRecord {
	/** Path of the run folder. */
	readonly folder: string;
	readonly manifest: Manifest;
	/** The scenario as the user gave it. */
	readonly scenarioText: string;
	/** The resolved scenario. */
	readonly scenario: Readonly<Record<string, unknown>>;
	readonly started: EventOf<"run.started"> | undefined;
	/** Finished rounds in order; round 0 first when it was evaluated. */
	readonly rounds: readonly RoundMetrics[];
	/** Evaluations on the central test set, in order. */
	readonly evaluations: readonly EventOf<"evaluated.central">[];
	/** The last evaluation on clients' own test examples. */
	readonly clientEvaluations:
		| { readonly round: number; readonly clients: readonly ClientEvaluation[] }
		| undefined;
	/** Content of `partition.json`; undefined when the run has none. */
	readonly partition: unknown;
	/** Reads all events from the file, in order; each call starts again. */
	events(): Iterable<RunEvent>;
}

/**
 * Reads a run folder. A torn last line, as a crash leaves it, is passed over.
 *
 * @throws FL_RUN_FOLDER when the folder is not a run, or names the file and line that cannot be read.
 */
export function readRun(folder: string): RunRecord {
	throw new Error(folder);
}

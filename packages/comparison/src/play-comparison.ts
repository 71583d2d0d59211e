import { FlSimError } from "@fl-sim/core";
import type { LoadedComparison, PlannedRun } from "@fl-sim/scenario";
import { resume, type SimulationResult, simulate, version } from "@fl-sim/simulation";
import { type KnownRun, knownRuns, settingsKey } from "./known-runs.ts";

/** How one run of a comparison ended. */
export interface RunOutcome {
	readonly planned: PlannedRun;
	/** `known`: it was there already. `diverged`: its training failed, as it would again. */
	readonly state: "known" | "finished" | "diverged" | "interrupted";
	/** Path of the run folder; undefined when its training diverged just now. */
	readonly folder: string | undefined;
	/** Why it diverged. */
	readonly message: string | undefined;
	readonly accuracy: number | null;
	/** By the clock; 0 for a run that was there already. */
	readonly seconds: number;
}

export interface ComparisonOptions {
	/** Runs under way at once, each with one worker thread. */
	readonly parallel: number;
	/** Plays runs too that are there already. */
	readonly again: boolean;
	readonly commandLine: readonly string[];
	/** Ends the runs under way after their round; none is started afterwards. */
	readonly finishRound: AbortSignal;
	readonly stopNow: AbortSignal;
	/** Told of each run that is over, in the order in which they end. */
	readonly onOutcome: (outcome: RunOutcome) => void;
	readonly onWarning: (warning: string) => void;
}

/**
 * Plays what is missing of a comparison: runs that are there are not played again, those that were interrupted go on. A
 * run whose training diverges is an outcome; any other failure ends the comparison, with the runs done so far kept.
 *
 * @returns outcomes in the file's order; those that were not started are missing.
 */
export async function playComparison(
	comparison: LoadedComparison,
	options: ComparisonOptions,
): Promise<readonly RunOutcome[]> {
	const known = options.again ? new Map<string, KnownRun>() : knownIn(comparison);
	const outcomes = new Map<PlannedRun, RunOutcome>();
	const queue = comparison.runs.values();
	const stop = new AbortController();
	const stopNow = AbortSignal.any([options.stopNow, stop.signal]);

	async function work(): Promise<void> {
		for (const planned of queue) {
			if (options.finishRound.aborted || stopNow.aborted) return;
			const before = known.get(settingsKey(planned.loaded.scenario));
			const outcome = await playOne(planned, before, { ...options, stopNow });
			outcomes.set(planned, outcome);
			options.onOutcome(outcome);
		}
	}

	const workers = Array.from({ length: options.parallel }, work);
	try {
		await Promise.all(workers);
	} catch (error) {
		stop.abort(new FlSimError("FL_RUN_INTERRUPTED", "another run of the comparison failed"));
		await Promise.allSettled(workers);
		throw error;
	}
	return comparison.runs.flatMap((planned) => outcomes.get(planned) ?? []);
}

function knownIn({ runs }: LoadedComparison): ReadonlyMap<string, KnownRun> {
	const roots = new Set(runs.map(({ loaded }) => loaded.scenario.output.folder));
	return new Map([...roots].flatMap((root) => [...knownRuns(root, version)]));
}

async function playOne(
	planned: PlannedRun,
	before: KnownRun | undefined,
	options: ComparisonOptions,
): Promise<RunOutcome> {
	const over = { planned, accuracy: null, seconds: 0, message: undefined, folder: before?.folder };
	if (before?.state === "done") return { ...over, state: "known" };
	if (before?.state === "diverged") return { ...over, state: "diverged", message: before.message };
	const settings = {
		workers: 1,
		commandLine: options.commandLine,
		finishRound: options.finishRound,
		stopNow: options.stopNow,
		onWarning: options.onWarning,
	};
	let result: SimulationResult;
	try {
		result = await (before === undefined
			? simulate(planned.loaded, settings)
			: resume(before.folder, settings));
	} catch (error) {
		if (!(error instanceof FlSimError) || error.code !== "FL_TRAINING_DIVERGED") throw error;
		return { ...over, state: "diverged", message: error.message };
	}
	const { status, run, finalAccuracy, seconds } = result;
	return { ...over, state: status, folder: run, accuracy: finalAccuracy, seconds };
}

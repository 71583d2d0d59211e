import { resolve } from "node:path";
import { FlSimError } from "@fl-sim/core";
import { clientStatistics, type Manifest, type RunRecord, readRun, resolveRun } from "@fl-sim/runs";
import { type CurvePoint, learningCurve } from "./learning-curve.ts";
import { type FlatSettings, flatSettings, withoutSeed } from "./settings.ts";

/** A finished run, as far as a comparison looks at it. */
export interface ComparedRun {
	/** Path of the run folder. */
	readonly folder: string;
	readonly manifest: Manifest;
	readonly seed: number;
	/** The resolved scenario. */
	readonly scenario: Readonly<Record<string, unknown>>;
	/** Its settings but for the seed, flat. */
	readonly settings: FlatSettings;
	readonly curve: readonly CurvePoint[];
	/** Accuracy on clients' own test examples in the last such evaluation, every client counted once. */
	readonly clients: { readonly mean: number; readonly worstDecile: number } | undefined;
	readonly totals: {
		readonly rounds: number;
		readonly downBytes: number;
		readonly upBytes: number;
		/** Time spent in rounds, by the clock. */
		readonly wallSeconds: number;
	};
}

/**
 * The runs that the words name, as `resolveRun` reads them; a run that is named twice counts once.
 *
 * @throws FL_RUN_FOLDER for a word that names no run, FL_COMPARISON for a run that has not finished.
 */
export function readComparedRuns(root: string, words: readonly string[]): readonly ComparedRun[] {
	const folders = new Set(words.map((word) => resolve(resolveRun(root, word))));
	return [...folders].map((folder) => comparedRun(readRun(folder)));
}

/** @throws FL_COMPARISON when the run has not finished. */
function comparedRun(record: RunRecord): ComparedRun {
	const { folder, manifest, scenario, rounds } = record;
	if (manifest.status !== "finished") {
		throw new FlSimError(
			"FL_COMPARISON",
			`${folder}: the run is ${manifest.status}, expected a finished one`,
			{
				fix: `Go on with it (\`fl-sim resume ${folder}\`), or leave it out.`,
				details: { folder },
			},
		);
	}
	const last = rounds.at(-1);
	const clients = clientStatistics((record.personalEvaluations ?? record.clientEvaluations)?.clients ?? []);
	return {
		folder,
		manifest,
		seed: manifest.seed,
		scenario,
		settings: withoutSeed(flatSettings(scenario)),
		curve: learningCurve(rounds),
		clients: clients && { mean: clients.mean, worstDecile: clients.worstDecile },
		totals: {
			rounds: last?.round ?? 0,
			downBytes: last?.totalDownBytes ?? 0,
			upBytes: last?.totalUpBytes ?? 0,
			wallSeconds: last?.totalWallSeconds ?? 0,
		},
	};
}

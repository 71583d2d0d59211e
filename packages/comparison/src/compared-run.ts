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
	/** Accuracy on clients' own test examples; undefined where it was not measured. */
	readonly clients: ClientAccuracy | undefined;
	readonly totals: {
		readonly rounds: number;
		readonly downBytes: number;
		readonly upBytes: number;
		/** Time spent in rounds, by the clock. */
		readonly wallSeconds: number;
	};
}

/** Accuracy on clients' own test examples, of their own models where the method gives them any. */
export interface ClientAccuracy {
	/** Of models as trained, before aggregation, in the last round that measured it; every client counts the same. */
	readonly trained: number | undefined;
	/** After aggregation in the last such evaluation; every client counts the same. */
	readonly mean: number;
	/** The same, every test example counting the same. */
	readonly weightedMean: number;
	readonly worstDecile: number;
	/** Over clients. */
	readonly deviation: number;
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
	return {
		folder,
		manifest,
		seed: manifest.seed,
		scenario,
		settings: withoutSeed(flatSettings(scenario)),
		curve: learningCurve(rounds),
		clients: clientAccuracy(record),
		totals: {
			rounds: last?.round ?? 0,
			downBytes: last?.totalDownBytes ?? 0,
			upBytes: last?.totalUpBytes ?? 0,
			wallSeconds: last?.totalWallSeconds ?? 0,
		},
	};
}

function clientAccuracy(record: RunRecord): ClientAccuracy | undefined {
	const evaluated = (record.personalEvaluations ?? record.clientEvaluations)?.clients ?? [];
	const statistics = clientStatistics(evaluated);
	if (statistics === undefined) return undefined;
	const { mean, worstDecile, standardDeviation } = statistics;
	const examples = evaluated.reduce((sum, { numExamples }) => sum + numExamples, 0);
	const correct = evaluated.reduce((sum, { accuracy, numExamples }) => sum + accuracy * numExamples, 0);
	const trained = record.rounds.findLast(({ trainedAccuracyMean }) => trainedAccuracyMean !== null);
	return {
		trained: trained?.trainedAccuracyMean ?? undefined,
		mean,
		weightedMean: correct / examples,
		worstDecile,
		deviation: standardDeviation,
	};
}

import type { Manifest } from "../manifest.ts";
import type { RoundMetrics } from "../round-metrics.ts";

/** Names of metrics in exports: TensorBoard tags, the column `metric` of CSV and Parquet files. */
const metricNames = {
	trainLoss: "train/loss",
	centralAccuracy: "eval/accuracy",
	centralLoss: "eval/loss",
	clientsEvaluated: "clients/evaluated",
	clientsAccuracyMean: "clients/accuracy_mean",
	clientsAccuracyStd: "clients/accuracy_std",
	clientsAccuracyWorstDecile: "clients/accuracy_worst_decile",
	clientsAccuracyBestDecile: "clients/accuracy_best_decile",
	clientsLossMean: "clients/loss_mean",
	trainedAccuracyMean: "clients/accuracy_mean_after_training",
	personalAccuracyMean: "personal/accuracy_mean",
	personalAccuracyWorstDecile: "personal/accuracy_worst_decile",
	personalLossMean: "personal/loss_mean",
	replied: "round/replied",
	lost: "round/lost",
	downBytes: "comm/down_bytes",
	upBytes: "comm/up_bytes",
	totalDownBytes: "comm/down_bytes_total",
	totalUpBytes: "comm/up_bytes_total",
	simulatedSeconds: "time/simulated_seconds",
	totalSimulatedSeconds: "time/simulated_seconds_total",
	wallSeconds: "time/wall_seconds",
	totalWallSeconds: "time/wall_seconds_total",
} as const satisfies Record<Exclude<keyof RoundMetrics, "round">, string>;

/** One value of one metric: a row of the tidy (long) form. */
export interface MetricValue {
	/** Id of the run. */
	readonly run: string;
	readonly seed: number;
	readonly round: number;
	readonly metric: string;
	readonly value: number;
	/** Time since the start of the run at the end of the round, by the clock, without evaluations. */
	readonly wallSeconds: number;
}

/** Columns of tidy files, in order. */
export const tidyColumns = ["run", "seed", "round", "metric", "value", "wallSeconds"] as const;

/** All values of a run, round by round; what was not measured, or is not finite, is left out. */
export function* tidyValues(
	{ id, seed }: Pick<Manifest, "id" | "seed">,
	rounds: Iterable<RoundMetrics>,
): Generator<MetricValue> {
	for (const row of rounds) {
		for (const [field, metric] of Object.entries(metricNames) as [keyof typeof metricNames, string][]) {
			const value = row[field];
			if (value === null) continue;
			yield { run: id, seed, round: row.round, metric, value, wallSeconds: row.totalWallSeconds };
		}
	}
}

/**
 * One row of `metrics.jsonl` and `metrics.csv`. Null: not measured in this round, or not finite. Round 0 is the
 * evaluation before training.
 */
export interface RoundMetrics {
	readonly round: number;
	/** Mean training loss of the clients that replied, weighted by examples, in nats. */
	readonly trainLoss: number | null;
	/** Share of the central test examples classified correctly, 0 to 1. */
	readonly centralAccuracy: number | null;
	readonly centralLoss: number | null;
	/** Clients evaluated on their own test examples; every client counts the same in what follows. */
	readonly clientsEvaluated: number;
	readonly clientsAccuracyMean: number | null;
	/** Standard deviation over clients, with n in the denominator. */
	readonly clientsAccuracyStd: number | null;
	/** Mean over the worst tenth of the clients (at least one). */
	readonly clientsAccuracyWorstDecile: number | null;
	/** Mean over the best tenth of the clients (at least one). */
	readonly clientsAccuracyBestDecile: number | null;
	readonly clientsLossMean: number | null;
	/** Models as the clients of the cohort had trained them, before aggregation, on their own test examples. */
	readonly trainedAccuracyMean: number | null;
	/** Clients' own models after the round, where the algorithm gives them any, on their own test examples. */
	readonly personalAccuracyMean: number | null;
	readonly personalAccuracyWorstDecile: number | null;
	readonly personalLossMean: number | null;
	readonly replied: number;
	readonly lost: number;
	/** Payload bytes of this round, as encoded. */
	readonly downBytes: number;
	readonly upBytes: number;
	/** Payload bytes since the start. */
	readonly totalDownBytes: number;
	readonly totalUpBytes: number;
	/** Time by the system model: of this round and since the start. */
	readonly simulatedSeconds: number;
	readonly totalSimulatedSeconds: number;
	/** Time by the clock: of this round and since the start, evaluation not included. */
	readonly wallSeconds: number;
	readonly totalWallSeconds: number;
}

/** Columns of `metrics.csv`, in order. */
export const roundColumns = [
	"round",
	"trainLoss",
	"centralAccuracy",
	"centralLoss",
	"clientsEvaluated",
	"clientsAccuracyMean",
	"clientsAccuracyStd",
	"clientsAccuracyWorstDecile",
	"clientsAccuracyBestDecile",
	"clientsLossMean",
	"trainedAccuracyMean",
	"personalAccuracyMean",
	"personalAccuracyWorstDecile",
	"personalLossMean",
	"replied",
	"lost",
	"downBytes",
	"upBytes",
	"totalDownBytes",
	"totalUpBytes",
	"simulatedSeconds",
	"totalSimulatedSeconds",
	"wallSeconds",
	"totalWallSeconds",
] as const satisfies readonly (keyof RoundMetrics)[];

/** Reads a line of `metrics.jsonl`; undefined when it is none. */
export function parseRow(text: string): RoundMetrics | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return isRow(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

function isRow(value: unknown): value is RoundMetrics {
	if (typeof value !== "object" || value === null) return false;
	const fields = new Map<string, unknown>(Object.entries(value));
	return roundColumns.every(
		(column) => fields.get(column) === null || typeof fields.get(column) === "number",
	);
}

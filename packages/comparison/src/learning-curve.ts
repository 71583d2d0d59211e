import type { RoundMetrics } from "@fl-sim/runs";

/** An evaluation of the global model on the central test set, and what had been spent by then. */
export interface CurvePoint {
	readonly round: number;
	/** Share of the test examples classified correctly, 0 to 1. */
	readonly accuracy: number;
	/** Payload bytes since the start, to clients and to the server, and their sum. */
	readonly downBytes: number;
	readonly upBytes: number;
	readonly bytes: number;
	/** Time by the system model since the start, in seconds. */
	readonly seconds: number;
}

/** What runs are made equal in before their accuracy is compared. */
export type Axis = "round" | "bytes" | "seconds";

/** The evaluations of a run in order; rounds that were not evaluated are left out. */
export function learningCurve(rounds: readonly RoundMetrics[]): readonly CurvePoint[] {
	return rounds.flatMap(({ round, centralAccuracy, totalDownBytes, totalUpBytes, totalSimulatedSeconds }) =>
		centralAccuracy === null
			? []
			: [
					{
						round,
						accuracy: centralAccuracy,
						downBytes: totalDownBytes,
						upBytes: totalUpBytes,
						bytes: totalDownBytes + totalUpBytes,
						seconds: totalSimulatedSeconds,
					},
				],
	);
}

/**
 * The largest budget on an axis that every curve spent, but for those that spent nothing: local training sends nothing.
 * Undefined when a curve has no point, or none spent anything.
 */
export function commonBudget(curves: readonly (readonly CurvePoint[])[], axis: Axis): number | undefined {
	const ends = curves.map((curve) => curve.at(-1)?.[axis]);
	if (ends.includes(undefined)) return undefined;
	const spent = ends.filter((end) => end !== undefined && end > 0);
	return spent.length === 0 ? undefined : Math.min(...spent.map(Number));
}

/** Accuracy of the last evaluation within a budget; undefined when there is none. */
export function accuracyWithin(curve: readonly CurvePoint[], axis: Axis, budget: number): number | undefined {
	return curve.findLast((point) => point[axis] <= budget)?.accuracy;
}

/** The first evaluation with at least the target accuracy; undefined when there is none. */
export function firstReaching(curve: readonly CurvePoint[], target: number): CurvePoint | undefined {
	return curve.find(({ accuracy }) => accuracy >= target);
}

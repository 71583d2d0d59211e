import type { RunEvent } from "@fl-sim/core";

/** What a run has shown of itself so far; all a view draws from. */
export interface Progress {
	readonly started: Extract<RunEvent, { type: "run.started" }> | undefined;
	/** The round under way, or the last one. */
	readonly round: number;
	readonly activity: "starting" | "training" | "evaluating" | "over";
	/** The exchange under way: methods with several exchanges a round count their clients anew in each. */
	readonly phase: { readonly name: string; readonly answered: number; readonly lost: number };
	/** Clients selected for the round. */
	readonly cohortSize: number;
	/** Answers that did not arrive since the start. */
	readonly totalLost: number;
	/** Payload bytes, those of the round under way included. */
	readonly downBytes: number;
	readonly upBytes: number;
	readonly trainLoss: number;
	readonly testLoss: number;
	/** Accuracies of the global model in order. */
	readonly accuracies: readonly number[];
	readonly best: { readonly round: number; readonly accuracy: number } | undefined;
	/** Time of the rounds done here, evaluation included: the last ones only. */
	readonly roundSeconds: readonly number[];
	readonly totalWallSeconds: number;
	readonly totalSimulatedSeconds: number;
}

/** Rounds that the remaining time is estimated from. */
const remembered = 10;

const noPhase = { name: "", answered: 0, lost: 0 };

export const noProgress: Progress = {
	started: undefined,
	round: 0,
	activity: "starting",
	phase: noPhase,
	cohortSize: 0,
	totalLost: 0,
	downBytes: 0,
	upBytes: 0,
	trainLoss: Number.NaN,
	testLoss: Number.NaN,
	accuracies: [],
	best: undefined,
	roundSeconds: [],
	totalWallSeconds: 0,
	totalSimulatedSeconds: 0,
};

/** The progress after one more event. */
export function advance(progress: Progress, event: RunEvent): Progress {
	switch (event.type) {
		case "run.started":
			return { ...progress, started: event, round: event.resumedAfterRound ?? 0 };
		case "round.started":
			return {
				...progress,
				round: event.round,
				activity: "training",
				phase: noPhase,
				cohortSize: event.cohort.length,
			};
		case "client.replied":
		case "client.lost":
			return afterClient(progress, event);
		case "round.finished":
			return {
				...progress,
				activity: "evaluating",
				downBytes: event.totalDownBytes,
				upBytes: event.totalUpBytes,
				trainLoss: event.trainLoss,
				roundSeconds: [...progress.roundSeconds, event.wallSeconds].slice(-remembered),
				totalWallSeconds: event.totalWallSeconds,
				totalSimulatedSeconds: event.totalSimulatedSeconds,
			};
		case "evaluated.central":
			return {
				...withEvaluationTime(progress, event.wallSeconds),
				testLoss: event.loss,
				accuracies: [...progress.accuracies, event.accuracy],
				best:
					progress.best !== undefined && progress.best.accuracy >= event.accuracy
						? progress.best
						: { round: event.round, accuracy: event.accuracy },
			};
		case "evaluated.clients":
		case "evaluated.personal":
			return withEvaluationTime(progress, event.wallSeconds);
		case "measured":
		case "checkpoint.written":
			return progress;
		case "run.finished":
		case "run.interrupted":
		case "run.failed":
			return { ...progress, activity: "over" };
	}
}

function afterClient(
	progress: Progress,
	event: Extract<RunEvent, { type: "client.replied" | "client.lost" }>,
): Progress {
	const phase = progress.phase.name === event.phase ? progress.phase : { ...noPhase, name: event.phase };
	const isLost = event.type === "client.lost";
	return {
		...progress,
		phase: isLost ? { ...phase, lost: phase.lost + 1 } : { ...phase, answered: phase.answered + 1 },
		totalLost: progress.totalLost + (isLost ? 1 : 0),
		downBytes: progress.downBytes + event.downBytes,
		upBytes: progress.upBytes + event.upBytes,
	};
}

/** Adds the time of an evaluation to its round. That before round 1 belongs to none. */
function withEvaluationTime(progress: Progress, seconds: number): Progress {
	const last = progress.roundSeconds.at(-1);
	if (last === undefined) return progress;
	return { ...progress, roundSeconds: [...progress.roundSeconds.slice(0, -1), last + seconds] };
}

/** Expected time until the last round is done; undefined before the first. */
export function remainingSeconds({ started, round, activity, roundSeconds }: Progress): number | undefined {
	if (started === undefined || roundSeconds.length === 0) return undefined;
	const mean = roundSeconds.reduce((sum, seconds) => sum + seconds, 0) / roundSeconds.length;
	return mean * (started.rounds - (activity === "training" ? round - 1 : round));
}

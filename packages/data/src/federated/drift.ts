/** When and how fast the label distribution of clients moves from a first to a second one. */
export interface DriftSchedule {
	/** Round in which the transition begins; rounds count from 1. */
	readonly startRound: number;
	/** Length of the transition in rounds. */
	readonly rounds: number;
	/** The mixture stays fixed for this many rounds, then takes a step. */
	readonly period: number;
}

/** The weight a(t) of the second distribution in a round: 0 before the transition, 1 after it. */
export function driftFraction(schedule: DriftSchedule, round: number): number {
	const stage = Math.floor((round - schedule.startRound) / schedule.period);
	return Math.min(1, Math.max(0, (stage * schedule.period) / schedule.rounds));
}

import type { LearningRateSchedule } from "./options.ts";

/** Learning rate of `round` (from 1) in a run of `rounds` rounds. A plain number is a constant rate. */
export function learningRateAt(
	schedule: number | LearningRateSchedule,
	round: number,
	rounds: number,
): number {
	if (typeof schedule === "number") return schedule;
	const warmup = Math.min(1, round / (schedule.warmupRounds + 1));
	return warmup * scheduledRate(schedule, round, rounds);
}

function scheduledRate(schedule: LearningRateSchedule, round: number, rounds: number): number {
	switch (schedule.schedule) {
		case "constant":
			return schedule.initial;
		case "step":
			return schedule.initial * schedule.factor ** Math.floor((round - 1) / schedule.every);
		case "exponential":
			return schedule.initial * schedule.factor ** (round - 1);
		case "cosine": {
			const progress = rounds <= 1 ? 0 : (round - 1) / (rounds - 1);
			const { initial, final } = schedule;
			return final + 0.5 * (initial - final) * (1 + Math.cos(Math.PI * progress));
		}
	}
}

import type { RunEvent } from "@fl-sim/core";
import { type ClientFate, drawnParticipation, type Participation } from "@fl-sim/engine";

/** Cohorts and lost clients as a run has recorded them, so that the same run can be played without its machines. */
export function recordedParticipation(
	events: Iterable<RunEvent>,
	plan: Parameters<typeof drawnParticipation>[0],
): Participation {
	const drawn = drawnParticipation(plan);
	const cohorts = new Map<number, readonly number[]>();
	/** Outcomes by round, task and client, in order: a task may be given more than once in a round. */
	const outcomes = new Map<string, ("replied" | Exclude<ClientFate["status"], "answers">)[]>();
	const keyOf = (round: number, task: string, client: number) => `${round} ${client} ${task}`;
	for (const event of events) {
		if (event.type === "round.started") cohorts.set(event.round, event.cohort);
		if (event.type !== "client.replied" && event.type !== "client.lost") continue;
		const key = keyOf(event.round, event.phase, event.client);
		const outcome = event.type === "client.replied" ? "replied" : event.reason;
		outcomes.set(key, [...(outcomes.get(key) ?? []), outcome]);
	}
	return {
		cohort: (round) => Promise.resolve(cohorts.get(round)),
		fate(approach) {
			const outcome = outcomes.get(keyOf(approach.round, approach.task, approach.client))?.shift();
			if (outcome === undefined) return { status: "disconnected" }; // the recording ends in this round
			if (outcome !== "replied") return { status: outcome };
			const fate = drawn.fate(approach);
			return fate.status === "answers" ? fate : { status: "answers", workFraction: 1 };
		},
	};
}

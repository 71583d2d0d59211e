import { randomStream, sampleWithoutReplacement } from "@fl-sim/core";
import { type ClientFate, createSystemModel, type SystemSettings } from "./system-model.ts";

/** A client that a task is meant for. */
export interface Approach {
	readonly round: number;
	readonly task: string;
	readonly client: number;
	/** The client's full local work in this round. */
	readonly steps: number;
}

/** Who takes part in a run: drawn from the seed in a simulation, whoever is connected on a server. */
export interface Participation {
	/** The cohort of a round, ascending, as soon as there is one; undefined when `signal` aborts before. */
	cohort(round: number, signal: AbortSignal): Promise<readonly number[] | undefined>;
	/** What becomes of a client, as far as it is known before the task is sent. */
	fate(approach: Approach): ClientFate;
}

/** Cohorts and fates as the seed says: equal in every run of the same scenario. */
export function drawnParticipation(plan: {
	readonly seed: number;
	readonly population: number;
	readonly cohortSize: number;
	readonly system: SystemSettings;
}): Participation {
	const { seed, population, cohortSize } = plan;
	const system = createSystemModel(plan.system, seed);
	return {
		cohort: (round) => Promise.resolve(drawCohort(seed, round, { among: population, size: cohortSize })),
		fate: ({ round, client, steps }) => system.fate(round, client, steps),
	};
}

/** `size` positions below `among`, ascending: clients, or places in a list of those who can be reached. */
export function drawCohort(
	seed: number,
	round: number,
	{ among, size }: { readonly among: number; readonly size: number },
): number[] {
	return sampleWithoutReplacement(randomStream(seed, "cohort", round), among, size);
}

import { drawCohort, drawnParticipation, type Participation, type RunPlan } from "@fl-sim/engine";
import type { Scenario } from "@fl-sim/scenario";
import type { ChangeSignal } from "./change-signal.ts";
import type { RunGate } from "./run-gate.ts";
import type { Sessions } from "./sessions.ts";

/**
 * Cohorts of clients that are connected, drawn as in a simulation: while all clients are there, the cohorts are the
 * same. Fates are those of the scenario's `system`, by default none.
 */
export function connectedParticipation(
	scenario: Scenario,
	{
		sessions,
		gate,
		change,
	}: { readonly sessions: Sessions; readonly gate: RunGate; readonly change: ChangeSignal },
): Participation {
	const { seed, clients, server } = scenario;
	const drawn = drawnParticipation({
		seed,
		population: clients.number,
		cohortSize: clients.perRound,
		system: scenario.system,
	} satisfies Pick<RunPlan, "seed" | "population" | "cohortSize" | "system">);
	const size = Math.ceil(clients.perRound * server.overSelection);
	let isFirst = true;

	/** Clients that must be there for the next round. */
	function needed(): number {
		if (!isFirst || gate.isStarted) return Math.min(server.minimumClients, clients.number);
		return server.startWith === "all" ? clients.number : Math.min(server.startWith, clients.number);
	}

	return {
		fate: (approach) => drawn.fate(approach),
		async cohort(round, signal) {
			while (!signal.aborted) {
				if (!gate.isPaused && sessions.numPresent >= needed()) {
					isFirst = false;
					gate.running();
					const present = sessions.present();
					const places = drawCohort(seed, round, {
						among: present.length,
						size: Math.min(size, present.length),
					});
					return places.map((place) => present[place] as number);
				}
				gate.waiting(sessions.numPresent, needed());
				await change.next(signal);
			}
			return undefined;
		},
	};
}

import type { RunEvent } from "@fl-sim/core";
import { readLatestCheckpoint, tensorsOfWeights } from "@fl-sim/runs";
import { algorithmOf, snapshotOf } from "@fl-sim/simulation";
import { writeSafetensors } from "@fl-sim/wire";
import type { Federation } from "./federation.ts";
import type { RunControl, RunStatus } from "./run-control.ts";

/** What those who operate a server see of its run and do to it. */
export interface FederationControl extends RunControl {
	onEvent(event: RunEvent): void;
	/** Aborted when the run is to end after the round under way. */
	readonly stopped: AbortSignal;
}

export function createFederationControl(federation: Federation): FederationControl {
	const stop = new AbortController();
	let folder: string | null = null;
	let round = 0;
	let cohort: readonly number[] = [];
	let accuracy: number | null = null;
	let traffic = { downBytes: 0, upBytes: 0 };
	let end: Pick<RunStatus, "state" | "error"> | undefined;

	function state(): RunStatus["state"] {
		if (end !== undefined) return end.state;
		if (stop.signal.aborted) return "stopping";
		const gate = federation.current()?.gate;
		if (gate?.isPaused === true) return "paused";
		return gate === undefined || gate.isWaiting ? "waiting" : "running";
	}

	return {
		stopped: stop.signal,
		onEvent(event) {
			if (event.type === "run.started") {
				folder = event.run;
				round = event.resumedAfterRound ?? 0;
			} else if (event.type === "round.started") {
				({ round, cohort } = event);
			} else if (event.type === "round.finished") {
				cohort = [];
				traffic = { downBytes: event.totalDownBytes, upBytes: event.totalUpBytes };
			} else if (event.type === "evaluated.central") {
				({ accuracy } = event);
			} else if (event.type === "run.finished" || event.type === "run.interrupted") {
				end = { state: "finished" };
			} else if (event.type === "run.failed") {
				end = { state: "failed", error: { code: event.code, message: event.message } };
			}
		},
		status() {
			const current = federation.current();
			return {
				run: folder?.split(/[/\\]/).at(-1) ?? null,
				state: state(),
				round,
				rounds: current?.scenario.rounds ?? 0,
				connected: current?.sessions.connected ?? 0,
				population: current?.scenario.clients.number ?? 0,
				cohort: [...cohort],
				accuracy,
				...traffic,
				socketBytes: current?.listener.socketBytes() ?? { down: 0, up: 0 },
				...(end?.error === undefined ? {} : { error: end.error }),
			};
		},
		start: () => federation.current()?.gate.start(),
		pause: () => federation.current()?.gate.pause(),
		continue: () => federation.current()?.gate.continue(),
		stop() {
			federation.endAs("stopped");
			stop.abort();
		},
		async model() {
			const current = federation.current();
			const checkpoint = folder === null ? undefined : await readLatestCheckpoint(folder);
			if (current === undefined || checkpoint === undefined) return undefined;
			const params = algorithmOf(current.scenario).params(snapshotOf(checkpoint).server);
			const { round } = checkpoint;
			const tensors = tensorsOfWeights(current.layout, params);
			return { bytes: writeSafetensors(tensors, { round: String(round) }), round };
		},
	};
}

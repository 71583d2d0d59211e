import { FlSimError, type StateValue } from "@fl-sim/core";
import type { RunSnapshot, RunTotals } from "@fl-sim/engine";
import type { Checkpoint } from "@fl-sim/runs";

/** A snapshot as a checkpoint stores it. */
export function checkpointOf({ round, server, clients, totals }: RunSnapshot): Checkpoint {
	return { round, state: { server, clients, totals: { ...totals } } };
}

/** @throws FL_RUN_CHECKPOINT_CORRUPT when the state is not one that `checkpointOf` made. */
export function snapshotOf({ round, state }: Checkpoint): RunSnapshot {
	if (isRecord(state)) {
		const { server, clients, totals } = state;
		if (server !== undefined && clients !== undefined && isTotals(totals))
			return { round, server, clients, totals };
	}
	throw new FlSimError(
		"FL_RUN_CHECKPOINT_CORRUPT",
		`the checkpoint of round ${round} does not hold the state of a run`,
		{ fix: "Run the scenario again.", details: { round } },
	);
}

type StateRecord = Readonly<Record<string, StateValue | undefined>>;

function isRecord(value: StateValue | undefined): value is StateRecord & StateValue {
	return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function isTotals(value: StateValue | undefined): value is StateValue & RunTotals {
	const names = ["downBytes", "upBytes", "simulatedSeconds", "wallSeconds"];
	return isRecord(value) && names.every((name) => typeof value[name] === "number");
}

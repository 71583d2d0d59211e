import { FlSimError } from "@fl-sim/core";
import { listRuns, type RunSummary, readScenario } from "@fl-sim/runs";
import { flatSettings, keyOf } from "./settings.ts";

/** A run that is there already. */
export interface KnownRun {
	/** Path of the run folder. */
	readonly folder: string;
	/** `done`: finished. `diverged`: failed as it would again. `unfinished`: it can go on. */
	readonly state: "done" | "diverged" | "unfinished";
	/** Why a run failed. */
	readonly message: string | undefined;
}

/**
 * The runs below `root` that this version has written, by the settings that decide their results: those of a server are
 * left out, since who was connected decides too, and so are damaged ones. Of several with the same settings one that is
 * over goes before one that is not, and a later one before an earlier one.
 */
export function knownRuns(root: string, version: string): ReadonlyMap<string, KnownRun> {
	const known = new Map<string, KnownRun>();
	for (const summary of listRuns(root)) {
		const { folder, manifest } = summary;
		if (manifest.version !== version || manifest.participation !== "drawn") continue;
		const state = stateOf(summary);
		const key = state === undefined ? undefined : keyIn(folder);
		if (state === undefined || key === undefined) continue;
		const before = known.get(key);
		if (state === "unfinished" && before !== undefined && before.state !== "unfinished") continue;
		known.set(key, { folder, state, message: manifest.error?.message });
	}
	return known;
}

/** Equal for scenarios that end in the same result. */
export function settingsKey(scenario: Readonly<Record<string, unknown>>): string {
	return keyOf(flatSettings(scenario));
}

/** Undefined for a run whose settings cannot be read. */
function keyIn(folder: string): string | undefined {
	try {
		return settingsKey(readScenario(folder));
	} catch (error) {
		if (error instanceof FlSimError) return undefined;
		throw error;
	}
}

function stateOf({ status, manifest }: RunSummary): KnownRun["state"] | undefined {
	switch (status) {
		case "finished":
			return "done";
		case "failed":
			return manifest.error?.code === "FL_TRAINING_DIVERGED" ? "diverged" : "unfinished";
		case "interrupted":
		case "stopped":
			return "unfinished";
		case "running":
			return undefined; // somebody else plays it
	}
}

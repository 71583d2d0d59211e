import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunEvent } from "@fl-sim/core";
import { loadScenario } from "@fl-sim/scenario";
import { simulate } from "@fl-sim/simulation";

export interface RunSettings {
	readonly file: string;
	/** Changes to the scenario: `rounds=10`. */
	readonly set: readonly string[];
	readonly workers: number;
}

/** Path of a scenario beside this folder's programs, or of one that the repository shows. */
export function scenarioFile(name: string): string {
	return fileURLToPath(new URL(name, import.meta.url));
}

/** Runs a scenario in a temporary folder, which is removed, and without a report. */
export async function runScenario(
	{ file, set, workers }: RunSettings,
	onEvent?: (event: RunEvent) => void,
): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), "fl-sim-bench-"));
	try {
		const fixed = [`output.folder=${folder}`, "output.report=false"];
		const loaded = await loadScenario(file, { set: [...fixed, ...set] });
		await simulate(loaded, { workers, ...(onEvent === undefined ? {} : { onEvent }) });
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

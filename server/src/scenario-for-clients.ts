import { basename } from "node:path";
import { pathOptionsOf } from "@fl-sim/data";
import type { Scenario } from "@fl-sim/scenario";

/**
 * A scenario as clients get it, as plain data: without `output`, and with the names alone of the data set's files and
 * folders. Where they lie on the server is nobody else's business; by its name a client finds a file in its own folder.
 */
export function scenarioForClients(scenario: Scenario): Readonly<Record<string, unknown>> {
	const dataset: Record<string, unknown> = { ...scenario.dataset };
	for (const option of pathOptionsOf(scenario.dataset.name)) {
		const path = dataset[option];
		if (typeof path === "string") dataset[option] = nameIn(path);
	}
	const told: Record<string, unknown> = { ...scenario, dataset };
	delete told["output"];
	return told;
}

/** The last part of a path, where it is a name. */
function nameIn(path: string): string {
	const name = basename(path);
	return name === "." || name === ".." ? "" : name;
}

import { createHash } from "node:crypto";
import type { Scenario } from "./scenario-schema.ts";

/** SHA-256 of a scenario's canonical JSON (keys sorted at every level), in hex: equal for equal settings. */
export function scenarioHash(scenario: Scenario): string {
	return createHash("sha256").update(canonicalJson(scenario)).digest("hex");
}

function canonicalJson(value: unknown): string {
	if (typeof value !== "object" || value === null) return JSON.stringify(value);
	if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
	const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
	const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
	return `{${sorted.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(",")}}`;
}

import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { scenarioHash } from "./scenario-hash.ts";
import { scenarioSchema } from "./scenario-schema.ts";
import { smallScenario } from "./small-scenario.fixture.ts";

const scenario = scenarioSchema.parse(parse(smallScenario));

test("the hash is that of the JSON with sorted keys", () => {
	const sortKeys = (value: unknown): unknown => {
		if (Array.isArray(value)) return value.map(sortKeys);
		if (typeof value !== "object" || value === null) return value;
		return Object.fromEntries(
			Object.entries(value)
				.sort(([a], [b]) => (a < b ? -1 : 1))
				.map(([key, inner]) => [key, sortKeys(inner)]),
		);
	};
	const json = JSON.stringify(sortKeys(scenario));
	expect(scenarioHash(scenario)).toBe(createHash("sha256").update(json).digest("hex"));
});

test("the order of keys and undefined fields do not matter, every value does", () => {
	const reversed = Object.fromEntries(Object.entries(scenario).reverse()) as typeof scenario;
	const { clipNorm: _, ...clients } = scenario.clients;
	expect(scenarioHash(reversed)).toBe(scenarioHash(scenario));
	expect(scenarioHash({ ...scenario, clients: { ...clients, clipNorm: undefined } })).toBe(
		scenarioHash(scenario),
	);
	expect(scenarioHash({ ...scenario, seed: 8 })).not.toBe(scenarioHash(scenario));
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fieldTables, loadComparison, loadScenario, scenarioJsonSchema } from "@fl-sim/scenario";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const files = readdirSync(join(root, "scenarios")).filter((file) => file.endsWith(".yaml"));
const comparisons = files.filter((file) => file.startsWith("compare-"));
const scenarios = files.filter((file) => !comparisons.includes(file));

test.each(comparisons)("%s is valid, and so are all of its scenarios", async (file) => {
	const { name, description, runs } = await loadComparison(join(root, "scenarios", file));
	expect(name).toBe(file.replace(".yaml", ""));
	expect(description).not.toBe("");
	expect(runs.length).toBeGreaterThan(1);
});

test("scenario.schema.json is the schema of today: `fl-sim schema --write` renews it", () => {
	expect(JSON.parse(read("scenarios/scenario.schema.json"))).toEqual(
		JSON.parse(JSON.stringify(scenarioJsonSchema())),
	);
});

test("docs/scenarios.md lists the fields of today: `fl-sim schema --write` renews it", () => {
	expect(read("docs/scenarios.md").split("\n## Fields\n")[1]?.trim()).toBe(fieldTables().trim());
});

describe.each(scenarios)("%s", (file) => {
	test("is valid, names itself, and shows editors the schema", async () => {
		const { scenario } = await loadScenario(join(root, "scenarios", file));
		expect(scenario.name).toBe(file.replace(".yaml", ""));
		expect(scenario.description).not.toBe("");
		expect(read(join("scenarios", file))).toMatch(
			/^# yaml-language-server: \$schema=scenario\.schema\.json\n/,
		);
	});
});

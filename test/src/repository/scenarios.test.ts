import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fieldTables, loadScenario, scenarioJsonSchema } from "@fl-sim/scenario";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const scenarios = readdirSync(join(root, "scenarios")).filter((file) => file.endsWith(".yaml"));

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

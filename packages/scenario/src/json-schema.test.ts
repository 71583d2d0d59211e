import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { comparisonJsonSchema, scenarioJsonSchema } from "./json-schema.ts";
import { changed, smallScenario } from "./small-scenario.fixture.ts";

const scenarios = join(import.meta.dirname, "../../../scenarios");
const validate = new Ajv2020({ strict: false, allErrors: true }).compile(scenarioJsonSchema());

function isValid(text: string): boolean {
	return validate(parse(text));
}

test("scenarios/scenario.schema.json is what `fl-sim schema --write` writes", () => {
	const written = readFileSync(join(scenarios, "scenario.schema.json"), "utf8");
	expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
});

describe("every scenario of the repository", () => {
	const files = readdirSync(scenarios).filter((name) => /^(?!compare-).*\.yaml$/.test(name));

	test.each(files)("%s fits the schema and names it in its first line", (file) => {
		const text = readFileSync(join(scenarios, file), "utf8");
		expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=scenario.schema.json");
		expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
	});
});

describe("every comparison of the repository", () => {
	const files = readdirSync(scenarios).filter((name) => /^compare-.*\.yaml$/.test(name));
	const validateComparison = new Ajv2020({ strict: false, allErrors: true }).compile(comparisonJsonSchema());

	test("comparison.schema.json is what `fl-sim schema --write` writes", () => {
		const written = readFileSync(join(scenarios, "comparison.schema.json"), "utf8");
		expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(comparisonJsonSchema())));
	});

	test.each(files)("%s fits the schema and names it in its first line", (file) => {
		const text = readFileSync(join(scenarios, file), "utf8");
		expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=comparison.schema.json");
		expect(validateComparison(parse(text)), JSON.stringify(validateComparison.errors)).toBe(true);
		expect(validateComparison(parse(text.replace("algorithm:", "algorythm:")))).toBe(false);
	});
});

test("the schema takes what the loader takes", () => {
	expect(isValid(smallScenario)).toBe(true);
	expect(isValid(changed("learningRate: 0.05", "learningRate: { schedule: cosine, initial: 0.1 }"))).toBe(
		true,
	);
	expect(isValid(changed("seed: 7", "seed: 9007199254740993"))).toBe(true);
});

test.each([
	["momentum: 0.9", "momentun: 0.9"],
	["number: 100", "number: many"],
	["perRound: 10%", "perRound: 110%"],
	["byteBudget: 100MB", "byteBudget: 100 megabytes"],
	["name: dirichlet", "name: dirichle"],
	["rounds: 3\n", ""],
	["  number: 100\n", ""],
	["name: sgd, ", ""],
	["dataset:\n  name: mnist\n", "dataset: {}\n"],
	["train: 0.8", "trian: 0.8"],
])("the schema refuses %j changed to %j", (passage, replacement) => {
	expect(isValid(changed(passage, replacement))).toBe(false);
});

test("a scenario that extends another may leave out what that one has, but not misspell it", () => {
	expect(isValid("extends: base.yaml\n")).toBe(true);
	expect(isValid("extends: base.yaml\nclients: { number: 5 }\npartition: { alpha: 1 }\n")).toBe(true);
	expect(isValid("extends: base.yaml\nclients: { numbr: 5 }\n")).toBe(false);
	expect(isValid("extends: base.yaml\npartition: { alhpa: 1 }\n")).toBe(false);
	expect(isValid("clients: { number: 5 }\n")).toBe(false);
});

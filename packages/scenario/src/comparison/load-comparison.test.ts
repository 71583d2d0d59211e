import { join } from "node:path";
import { FlSimError } from "@fl-sim/core";
import { expect, test } from "vitest";
import { smallScenario, withFiles } from "../small-scenario.fixture.ts";
import { type LoadedComparison, loadComparison } from "./load-comparison.ts";

function load(text: string): Promise<LoadedComparison> {
	return withFiles({ "small.yaml": smallScenario, "compare-small.yaml": text }, (folder) =>
		loadComparison(join(folder, "compare-small.yaml")),
	);
}

async function mistake(text: string): Promise<string> {
	const error: unknown = await load(text).catch((thrown: unknown) => thrown);
	return error instanceof FlSimError ? error.message : `no error: ${String(error)}`;
}

test("entries times seeds, in the file's order, laid over the scenario", async () => {
	const { name, targets, runs } = await load(`
scenario: small.yaml
seeds: [4, 5]
targets: [0.5]
common: { rounds: 7, clients: { localEpochs: 3 } }
compare:
  - label: plain
    algorithm: { name: fedavg }
  - algorithm: { name: fedprox, mu: 0.5 }
    rounds: 9
`);
	expect([name, targets]).toEqual(["compare-small", [0.5]]);
	const settings = runs.map(({ label, loaded: { scenario } }) => ({
		label,
		name: scenario.name,
		seed: scenario.seed,
		algorithm: scenario.algorithm,
		rounds: scenario.rounds,
		epochs: scenario.clients.localEpochs,
	}));
	const plain = { label: "plain", name, algorithm: { name: "fedavg" }, rounds: 7, epochs: 3 };
	const prox = { label: undefined, name, algorithm: { name: "fedprox", mu: 0.5 }, rounds: 9, epochs: 3 };
	expect(settings).toEqual([
		{ ...plain, seed: 4 },
		{ ...plain, seed: 5 },
		{ ...prox, seed: 4 },
		{ ...prox, seed: 5 },
	]);
});

test("a grid is every combination, drawn fields come from their lists and intervals, the same each time", async () => {
	const text = `
scenario: small.yaml
compare: [{ label: swept }]
sweep:
  grid: { clients.localEpochs: [1, 2], rounds: [3, 4] }
  random:
    samples: 5
    fields:
      clients.learningRate: { from: 0.001, to: 1, scale: log }
      clients.batchSize: [8, 16]
`;
	const [one, other] = [await load(text), await load(text)];
	const settingsOf = ({ runs }: LoadedComparison) =>
		runs.map(({ loaded: { scenario } }) => [
			scenario.clients.localEpochs,
			scenario.rounds,
			scenario.clients.learningRate,
			scenario.clients.batchSize,
		]);
	const settings = settingsOf(one);
	expect(settingsOf(other)).toEqual(settings);
	expect(settings).toHaveLength(4 * 5);
	expect(new Set(settings.map(([epochs, rounds]) => JSON.stringify([epochs, rounds])))).toEqual(
		new Set(["[1,3]", "[1,4]", "[2,3]", "[2,4]"]),
	);
	for (const [, , rate, batch] of settings) {
		expect(rate).toBeGreaterThanOrEqual(0.001);
		expect(rate).toBeLessThanOrEqual(1);
		expect([8, 16]).toContain(batch);
	}
	expect(new Set(settings.map(([, , rate]) => rate)).size).toBe(5);
});

test("mistakes name the file and the line, or the entry and the field", async () => {
	expect(await mistake("scenario: small.yaml\ncompare: [{ label: a }]\nseed: 1\n")).toMatch(
		/compare-small\.yaml:3:1: unknown field `seed`.*did you mean `seeds`/s,
	);
	expect(await mistake("scenario: small.yaml\nseeds: [1.5]\ncompare: [{ label: a }]\n")).toMatch(
		/compare-small\.yaml:2:9:/,
	);
	expect(await mistake("scenario: small.yaml\n")).toMatch(/compare-small\.yaml:.*`compare`/s);
	expect(
		await mistake("scenario: small.yaml\ncompare:\n  - label: a\n  - algorithm: { name: fedavgg }\n"),
	).toMatch(/compare-small\.yaml: compare\[1\]: .*fedavgg/s);
	expect(await mistake("scenario: none.yaml\ncompare: [{ label: a }]\n")).toMatch(/none\.yaml/);
});

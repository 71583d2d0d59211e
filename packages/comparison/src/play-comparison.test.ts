import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { updateManifest } from "@fl-sim/runs";
import { type LoadedComparison, loadComparison } from "@fl-sim/scenario";
import { expect, onTestFinished, test } from "vitest";
import { readComparedRuns } from "./compared-run.ts";
import { playComparison, type RunOutcome } from "./play-comparison.ts";

const scenario = `
dataset: { name: glyphs, trainExamples: 120, testExamples: 40, writers: 5 }
partition: { name: iid, split: { train: 0.8, test: 0.2 } }
model: { name: softmax }
clients: { number: 4, perRound: 2, localEpochs: 1, batchSize: 8, learningRate: 0.05 }
rounds: 2
`;

async function comparison(entries: string, more = ""): Promise<LoadedComparison> {
	const folder = await mkdtemp(join(tmpdir(), "fl-compare-"));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	await writeFile(
		join(folder, "small.yaml"),
		`${scenario}\noutput: { folder: ${join(folder, "runs")}, report: false }\n`,
	);
	const file = join(folder, "compare.yaml");
	await writeFile(file, `scenario: small.yaml\n${more}\ncompare:\n${entries}`);
	return await loadComparison(file);
}

const never = new AbortController().signal;

function play(loaded: LoadedComparison, changes: { again?: boolean; finishRound?: AbortSignal } = {}) {
	const told: RunOutcome[] = [];
	return playComparison(loaded, {
		parallel: 2,
		again: false,
		commandLine: [],
		finishRound: never,
		stopNow: never,
		onOutcome: (outcome) => told.push(outcome),
		onWarning: () => undefined,
		...changes,
	});
}

const both = "  - algorithm: { name: fedavg }\n  - algorithm: { name: fedprox }\n";

test("everything is played once: a second time it is there already", async () => {
	const loaded = await comparison(both, "seeds: [1, 2]");
	const first = await play(loaded);
	expect(first.map(({ state }) => state)).toEqual(["finished", "finished", "finished", "finished"]);
	const second = await play(loaded);
	expect(second.map(({ state }) => state)).toEqual(["known", "known", "known", "known"]);
	expect(second.map(({ folder }) => folder)).toEqual(first.map(({ folder }) => folder));
	const third = await play(loaded, { again: true });
	expect(third.map(({ state }) => state)).toEqual(["finished", "finished", "finished", "finished"]);
	const weightsOf = (outcomes: readonly RunOutcome[]) =>
		readComparedRuns(
			".",
			outcomes.map(({ folder }) => folder ?? ""),
		).map(({ manifest }) => manifest.weightsSha256);
	expect(weightsOf(third)).toEqual(weightsOf(first));
});

test("outcomes are in the file's order, whoever is done first, and only what is new is played", async () => {
	const loaded = await comparison(both);
	const [fedavg] = await play({ ...loaded, runs: loaded.runs.slice(0, 1) });
	const all = await play(loaded);
	expect(all.map(({ planned, state }) => [planned.loaded.scenario.algorithm.name, state])).toEqual([
		["fedavg", "known"],
		["fedprox", "finished"],
	]);
	expect(all[0]?.folder).toBe(fedavg?.folder);
});

test("a run that was interrupted goes on in its folder", async () => {
	const loaded = await comparison("  - algorithm: { name: fedavg }\n");
	const [whole] = await play(loaded);
	await updateManifest(whole?.folder ?? "", { status: "interrupted" });
	const [resumed] = await play(loaded);
	expect(resumed).toMatchObject({ state: "finished", folder: whole?.folder });
});

test("runs whose clients were not drawn by the seed, and damaged ones, stand for nothing", async () => {
	const loaded = await comparison("  - algorithm: { name: fedavg }\n");
	const [first] = await play(loaded);
	const manifest = join(first?.folder ?? "", "run.json");
	const written = await readFile(manifest, "utf8");
	await writeFile(manifest, written.replace('"participation": "drawn"', '"participation": "given"'));
	const [second] = await play(loaded);
	expect(second).toMatchObject({ state: "finished" });
	expect(second?.folder).not.toBe(first?.folder);
	await writeFile(join(second?.folder ?? "", "resolved.yaml"), "[");
	const [third] = await play(loaded);
	expect(third).toMatchObject({ state: "finished" });
});

test("nothing is started once an end is asked for", async () => {
	const loaded = await comparison(both);
	expect(await play(loaded, { finishRound: AbortSignal.abort() })).toEqual([]);
});

test("a run that diverges is an outcome, now and the next time, and the others are played", async () => {
	const loaded = await comparison(
		"  - algorithm: { name: fedavg }\n    clients: { learningRate: 1.0e+38 }\n  - algorithm: { name: fedavg }\n",
	);
	const first = await play(loaded);
	expect(first.map(({ state }) => state)).toEqual(["diverged", "finished"]);
	expect(first[0]?.message).toMatch(/diverged/);
	const second = await play(loaded);
	expect(second.map(({ state, message }) => [state, message])).toEqual([
		["diverged", first[0]?.message],
		["known", undefined],
	]);
});

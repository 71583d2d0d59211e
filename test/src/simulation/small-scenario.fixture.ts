import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LoadedScenario, loadScenario } from "@fl-sim/scenario";
import { onTestFinished } from "vitest";

/** A run of a second: LeNet-5 on a few glyphs, with lost clients and evaluations on clients. */
const text = `
name: small
seed: 3
dataset: { name: glyphs, trainExamples: 300, testExamples: 100, writers: 10 }
partition: { name: dirichlet, alpha: 0.5, minSize: 4, split: { train: 0.8, test: 0.2 } }
model: { name: lenet5 }
clients: { number: 12, perRound: 6, localEpochs: 1, batchSize: 8, learningRate: 0.05, optimizer: { name: sgd, momentum: 0.5 } }
serverOptimizer: { name: adam, learningRate: 0.01 }
rounds: 5
evaluation: { every: 1, clients: all, clientsEvery: 2, batchSize: 32 }
system: { availability: 0.9, dropout: 0.1, stragglers: { fraction: 0.3, slowdown: 4, policy: partial }, deadlineSeconds: 0.3 }
output: { folder: RUNS, report: false }
`;

export interface SmallScenario {
	readonly file: string;
	/** Folder of runs, gone after the test. */
	readonly runs: string;
	readonly loaded: LoadedScenario;
}

/** The scenario in a folder of its own, with `set` arguments applied. */
export async function smallScenario(...set: string[]): Promise<SmallScenario> {
	const folder = await mkdtemp(join(tmpdir(), "fl-sim-"));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	const file = join(folder, "small.yaml");
	const runs = join(folder, "runs");
	await writeFile(file, text.replace("RUNS", runs));
	return { file, runs, loaded: await loadScenario(file, { set }) };
}

/** The metrics of a run without what the clock decides. */
export async function timelessMetrics(run: string): Promise<unknown[]> {
	const lines = (await readFile(join(run, "metrics.jsonl"), "utf8")).trim().split("\n");
	return lines.map((line) => {
		const row: unknown = JSON.parse(line);
		return Object.fromEntries(
			Object.entries(row as Record<string, unknown>).filter(([key]) => !/wallSeconds$/i.test(key)),
		);
	});
}

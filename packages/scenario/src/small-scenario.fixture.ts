import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FlSimError } from "@fl-sim/core";
import { loadScenario } from "./load-scenario.ts";

/** A valid scenario with a field of every kind: unions, numbers, shares, lists, choices, texts. */
export const smallScenario = `name: small
description: A scenario to break
seed: 7

dataset:
  name: mnist

partition:
  name: dirichlet
  alpha: 0.3
  split: { train: 0.8, test: 0.2 }

model:
  name: mlp
  hidden: [20, 10]

clients:
  number: 100
  perRound: 10%
  localEpochs: 2
  batchSize: 10
  optimizer: { name: sgd, momentum: 0.9 }
  learningRate: 0.05

algorithm:
  name: fedavg

serverOptimizer: { name: adam, learningRate: 0.1 }

rounds: 3

evaluation:
  clients: all

stop:
  targetAccuracy: 0.9
  byteBudget: 100MB

system:
  dropout: 0.1
  stragglers:
    fraction: 0.2
    policy: partial

output:
  report: false

backend: cpu
`;

/** The small scenario with one passage changed; throws when it is not there exactly once. */
export function changed(passage: string, replacement: string): string {
	const parts = smallScenario.split(passage);
	if (parts.length !== 2) throw new Error(`${JSON.stringify(passage)} occurs ${parts.length - 1} times`);
	return parts.join(replacement);
}

/** Runs `use` in a new folder that holds the given files. */
export async function withFiles<Result>(
	files: Readonly<Record<string, string>>,
	use: (folder: string) => Promise<Result>,
): Promise<Result> {
	const folder = await mkdtemp(join(tmpdir(), "fl-sim-scenario-"));
	try {
		for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
		return await use(folder);
	} finally {
		await rm(folder, { recursive: true });
	}
}

/** What loading `small.yaml` throws; paths without the temporary folder. */
export function errorOf(
	files: Readonly<Record<string, string>>,
	set: readonly string[] = [],
	file = "small.yaml",
): Promise<FlSimError> {
	return withFiles(files, async (folder) => {
		const thrown = await loadScenario(join(folder, file), { set }).then(
			() => new Error("the scenario is valid"),
			(error: unknown) => error,
		);
		if (!(thrown instanceof FlSimError)) throw thrown;
		const inFolder = (text: string) => text.replaceAll(`${folder}/`, "").replaceAll(folder, "FOLDER");
		return new FlSimError(thrown.code, inFolder(thrown.message), {
			...(thrown.fix === undefined ? {} : { fix: inFolder(thrown.fix) }),
			details: thrown.details,
		});
	});
}

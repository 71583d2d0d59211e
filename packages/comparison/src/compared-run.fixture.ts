import type { Manifest } from "@fl-sim/runs";
import type { ComparedRun } from "./compared-run.ts";
import type { CurvePoint } from "./learning-curve.ts";
import { flatSettings, withoutSeed } from "./settings.ts";

/** A finished run that was evaluated after each round, which costs `bytes`, half of them up, and a second. */
export function madeUpRun(
	seed: number,
	scenario: Readonly<Record<string, unknown>>,
	{ accuracies, bytes }: { readonly accuracies: readonly number[]; readonly bytes: number },
): ComparedRun {
	const curve = accuracies.map((accuracy, index): CurvePoint => {
		const total = bytes * (index + 1);
		return {
			round: index + 1,
			accuracy,
			downBytes: total / 2,
			upBytes: total / 2,
			bytes: total,
			seconds: index + 1,
		};
	});
	const total = (bytes * accuracies.length) / 2;
	return {
		folder: `runs/${seed}`,
		manifest: madeUpManifest(seed),
		seed,
		scenario,
		settings: withoutSeed(flatSettings({ seed, ...scenario })),
		curve,
		clients: { trained: 0.75, mean: 0.5, weightedMean: 0.625, worstDecile: 0.25, deviation: 0.125 },
		totals: { rounds: accuracies.length, downBytes: total, upBytes: total, wallSeconds: 2 },
	};
}

function madeUpManifest(seed: number): Manifest {
	return {
		formatVersion: 1,
		id: `run-${seed}`,
		status: "finished",
		name: "made-up",
		scenarioFile: "made-up.yaml",
		baseFolder: ".",
		scenarioHash: "00",
		algorithm: "fedavg",
		seed,
		rounds: 3,
		version: "0.1.0",
		commandLine: [],
		workers: 0,
		backend: null,
		git: null,
		machine: { node: "v22", platform: "linux x64", host: "host", cpuModel: "cpu", cpuCores: 2 },
		pid: 1,
		startedAt: "2026-01-01T00:00:00.000Z",
		endedAt: "2026-01-01T00:00:02.000Z",
		resumes: [],
		stopReason: "rounds",
		error: null,
		weightsSha256: null,
	};
}

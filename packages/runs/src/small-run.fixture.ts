import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "@fl-sim/core";
import { onTestFinished } from "vitest";
import { checkpointName } from "./checkpoint-files.ts";
import { writeCheckpoint } from "./checkpoints.ts";
import type { NewManifest } from "./manifest.ts";
import { createRunRecorder } from "./recorder.ts";
import { createRunFolder, type NewRun, type RunFolder } from "./run-folder.ts";

/** A folder of its own for a test, removed when the test ends. */
export function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), "fl-sim-runs-"));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

const manifest: NewManifest = {
	scenarioFile: "scenarios/small.yaml",
	baseFolder: "scenarios",
	scenarioHash: "0123456789abcdef",
	algorithm: "fedavg",
	seed: 7,
	rounds: 3,
	version: "0.1.0",
	commandLine: ["fl-sim", "scenarios/small.yaml"],
	workers: 1,
};

export function newRun(root: string, change: Partial<NewRun> = {}): Promise<RunFolder> {
	return createRunFolder({
		root,
		name: "small",
		manifest,
		sourceText: "name: small # as written\n",
		resolved: { name: "small", clients: { number: 3 } },
		startedAt: new Date(2026, 0, 31, 23, 5, 9),
		...change,
	});
}

/** What happens before round 1. */
export const opening: readonly RunEvent[] = [
	{
		type: "run.started",
		run: "small",
		algorithm: "fedavg",
		backend: "cpu",
		seed: 7,
		rounds: 3,
		population: 3,
		parameters: 2,
		workers: 1,
	},
	{ type: "evaluated.central", round: 0, accuracy: 0.1, loss: 2.5, numExamples: 10, wallSeconds: 0.5 },
];

/** One round, up to its evaluations. In round 2 nobody answers; clients are evaluated in even rounds. */
export function roundEvents(round: number): readonly RunEvent[] {
	const lost = { downBytes: 8, upBytes: 0 };
	const events: RunEvent[] = [{ type: "round.started", round, cohort: [2, 0] }];
	if (round === 2) {
		events.push({ type: "client.lost", round, phase: "train", client: 2, reason: "dropped", ...lost });
	} else {
		const report = { trainLoss: 1 / round, numExamples: 5, steps: 2 };
		const traffic = { downBytes: 8, upBytes: 12 };
		const seconds = { simulatedSeconds: 0.25, wallSeconds: 0.125 };
		events.push({ type: "client.replied", round, phase: "train", client: 2, report, ...seconds, ...traffic });
	}
	events.push({ type: "client.lost", round, phase: "train", client: 0, reason: "deadline", ...lost });
	events.push({
		type: "round.finished",
		round,
		replied: round === 2 ? 0 : 1,
		lost: round === 2 ? 2 : 1,
		trainLoss: round === 2 ? Number.NaN : 1 / round,
		downBytes: 16,
		upBytes: round === 2 ? 0 : 12,
		totalDownBytes: 16 * round,
		totalUpBytes: 12 * (round - Number(round >= 2)),
		simulatedSeconds: 0.5,
		totalSimulatedSeconds: 0.5 * round,
		wallSeconds: 0.25,
		totalWallSeconds: 0.25 * round,
	});
	const accuracy = 0.25 * round;
	events.push({
		type: "evaluated.central",
		round,
		accuracy,
		loss: 2 / round,
		numExamples: 10,
		wallSeconds: 0.5,
	});
	if (round % 2 === 0) {
		const clients = [
			{ client: 0, accuracy: 0.5, loss: 1, numExamples: 4 },
			{ client: 1, accuracy: 1, loss: Number.POSITIVE_INFINITY, numExamples: 2 },
		];
		events.push({ type: "evaluated.clients", round, clients, wallSeconds: 0.5 });
	}
	return events;
}

/** The state that the checkpoint of a round holds. */
export function stateAfter(round: number) {
	return { server: { params: Float32Array.of(round, Number.NaN) }, clients: [[2, round]] };
}

export function checkpointEvent(round: number): RunEvent {
	return { type: "checkpoint.written", round, file: checkpointName(round) };
}

/** Records rounds with a checkpoint after each, as a run does; `from` 1 records the opening too. */
export async function recordRounds(folder: string, from: number, to: number): Promise<void> {
	const recorder = createRunRecorder(folder);
	if (from === 1) for (const event of opening) recorder.record(event);
	for (let round = from; round <= to; round++) {
		for (const event of roundEvents(round)) recorder.record(event);
		await recorder.flush();
		await writeCheckpoint(folder, { round, state: stateAfter(round) });
		recorder.record(checkpointEvent(round));
	}
	await recorder.close();
}

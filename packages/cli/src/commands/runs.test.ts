import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "@fl-sim/core";
import { createRunFolder, createRunRecorder } from "@fl-sim/runs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { command as exportCommand } from "./export.ts";
import { command as runsCommand } from "./runs.ts";

let root = "";
let printed = "";

beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), "fl-sim-list-"));
	printed = "";
	vi.spyOn(process.stdout, "write").mockImplementation((text) => {
		printed += String(text);
		return true;
	});
});

afterEach(async () => {
	vi.restoreAllMocks();
	await rm(root, { recursive: true });
});

const finished: RunEvent = {
	type: "round.finished",
	round: 1,
	replied: 2,
	lost: 0,
	trainLoss: 0.5,
	downBytes: 2_500_000,
	upBytes: 1_500_000,
	totalDownBytes: 2_500_000,
	totalUpBytes: 1_500_000,
	simulatedSeconds: 1,
	totalSimulatedSeconds: 1,
	wallSeconds: 2.25,
	totalWallSeconds: 2.25,
};

/** A run of one round, evaluated unless told otherwise. */
async function runOnce(name: string, isEvaluated = true): Promise<string> {
	const { path, manifest } = await createRunFolder({
		root,
		name,
		manifest: {
			scenarioFile: `${name}.yaml`,
			baseFolder: ".",
			scenarioHash: "0123456789",
			algorithm: "fedavg",
			seed: 1,
			rounds: 5,
			version: "0.1.0",
			commandLine: ["fl-sim", `${name}.yaml`],
			workers: 1,
		},
		sourceText: `name: ${name}\n`,
		resolved: { name },
		startedAt: new Date(2026, 0, 31, 23, 5, isEvaluated ? 9 : 10),
	});
	const recorder = createRunRecorder(path);
	recorder.record(finished);
	const evaluation = { round: 1, accuracy: 0.875, loss: 0.25, numExamples: 8, wallSeconds: 0.5 };
	if (isEvaluated) recorder.record({ type: "evaluated.central", ...evaluation });
	await recorder.close();
	return manifest.id;
}

test("runs are a table, or JSON", async () => {
	const id = await runOnce("small");
	const other = await runOnce("other", false);
	expect(await runsCommand.run({ root })).toBe(0);
	const rows = printed.split("\n").filter((line) => line.startsWith("│"));
	expect(
		rows.map((row) =>
			row
				.split("│")
				.slice(1, -1)
				.map((cell) => cell.trim()),
		),
	).toEqual([
		["Run", "Scenario", "Algorithm", "Rounds", "Accuracy", "MB up", "MB down", "Status", "Seconds"],
		[id, "small", "fedavg", "1/5", "87.50 %", "1.50", "2.50", "running", "2.3"],
		[other, "other", "fedavg", "1/5", "–", "1.50", "2.50", "running", "2.3"],
	]);
	printed = "";
	await runsCommand.run({ root, json: true });
	expect(JSON.parse(printed)).toEqual([
		expect.objectContaining({ id, scenario: "small", accuracy: 0.875, rounds: 1, plannedRounds: 5 }),
		expect.objectContaining({ id: other, accuracy: null, folder: join(root, other) }),
	]);
});

test("a folder without runs says so", async () => {
	await runsCommand.run({ root });
	expect(printed).toBe(`There are no runs below ${root}.\n`);
	printed = "";
	await runsCommand.run({ root, json: true });
	expect(JSON.parse(printed)).toEqual([]);
});

test("a run is exported in every format asked for, and the files are named", async () => {
	const id = await runOnce("small");
	const to = join(root, "out");
	expect(
		await exportCommand.run({ root, run: "2026", csv: true, parquet: true, tensorboard: true, to }),
	).toBe(0);
	const files = printed.trimEnd().split("\n");
	expect(files.slice(1)).toEqual([join(to, `${id}.csv`), join(to, `${id}.parquet`)]);
	expect(files[0]).toContain(join(to, id, "events.out.tfevents."));
	expect(await readFile(files[1] ?? "", "utf8")).toContain(`${id},1,1,eval/accuracy,0.875,2.25\n`);
});

test("an export without a format, or of an unknown run, is refused with the fix", async () => {
	await expect(exportCommand.run({ root, run: "latest" })).rejects.toMatchObject({
		code: "FL_USAGE",
		fix: "Add --tensorboard or --csv or --parquet.",
	});
	const id = await runOnce("small");
	await expect(exportCommand.run({ root, run: "nothing", csv: true })).rejects.toMatchObject({
		code: "FL_RUN_FOLDER",
		fix: expect.stringContaining(id),
	});
});

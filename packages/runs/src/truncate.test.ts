import { cpSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkpointName, checkpointRounds } from "./checkpoint-files.ts";
import { readLatestCheckpoint, writeCheckpoint } from "./checkpoints.ts";
import { readEvents } from "./event-lines.ts";
import { readRun } from "./read-run.ts";
import { createRunRecorder } from "./recorder.ts";
import type { RoundMetrics } from "./round-metrics.ts";
import { runFile } from "./run-files.ts";
import { newRun, recordRounds, roundEvents, stateAfter, temporaryFolder } from "./small-run.fixture.ts";
import { truncateToRound } from "./truncate.ts";

const recorded = ["events", "metricsLines", "metricsTable", "clients", "metricsParquet"] as const;

function contentOf(folder: string): Record<string, Buffer> {
	return Object.fromEntries(recorded.map((file) => [file, readFileSync(runFile(folder, file))]));
}

/** A finished run of three rounds, and a copy of its folder to damage. */
async function finishedRun() {
	const root = temporaryFolder();
	const { path } = await newRun(root);
	await recordRounds(path, 1, 3);
	const copy = join(root, "copy");
	return {
		path,
		copyOf: () => {
			rmSync(copy, { recursive: true, force: true });
			cpSync(path, copy, { recursive: true });
			return copy;
		},
	};
}

test("a run that is taken back and goes on leaves the files of a run that never stopped", async () => {
	const { path, copyOf } = await finishedRun();
	for (const round of [1, 2, 3]) {
		const copy = copyOf();
		expect(await truncateToRound(copy, round)).toEqual({ warnings: [] });
		await recordRounds(copy, round + 1, 3);
		expect(contentOf(copy)).toEqual(contentOf(path));
	}
	const copy = copyOf();
	await truncateToRound(copy, 0);
	expect(readFileSync(runFile(copy, "events"), "utf8")).toBe("");
	expect(checkpointRounds(copy)).toEqual([]);
	await recordRounds(copy, 1, 3);
	expect(contentOf(copy)).toEqual(contentOf(path));
});

test("events cut at any byte are read as far as they are whole", async () => {
	const { path, copyOf } = await finishedRun();
	const whole = readFileSync(runFile(path, "events"));
	const copy = copyOf();
	for (let length = whole.length; length >= 0; length--) {
		truncateSync(runFile(copy, "events"), length);
		const numLines = whole.subarray(0, length).toString().split("\n").length - 1;
		expect([...readEvents(copy)]).toHaveLength(numLines);
	}
});

test("events cut anywhere are taken back to the last complete round", async () => {
	const { path, copyOf } = await finishedRun();
	const whole = readFileSync(runFile(path, "events"));
	const place = (text: string) => whole.indexOf(text);
	const startOfThree = place('{"type":"round.started","round":3');
	const endOfThree = whole.indexOf("\n", place('{"type":"round.finished","round":3')) + 1;
	const copy = copyOf();
	const warning = "events.jsonl is damaged: what happened in round 3 is missing from the run's files";
	// All bytes of the last lines, some before: each cut waits for the disk.
	for (let length = startOfThree; length <= whole.length; length += length < endOfThree - 9 ? 17 : 1) {
		// A new file is written faster than an old one is overwritten.
		for (const file of recorded) rmSync(runFile(copy, file), { force: true });
		writeFileSync(runFile(copy, "events"), whole.subarray(0, length));
		const isComplete = length >= endOfThree;
		expect(await truncateToRound(copy, 3)).toEqual({ warnings: isComplete ? [] : [warning] });
		const events = readFileSync(runFile(copy, "events"));
		if (!isComplete) expect(events).toEqual(whole.subarray(0, startOfThree));
		else expect(events.toString()).toMatch(/"round":3,"file":"[^"]*"}\n$/);
		expect(readRun(copy).rounds).toEqual(
			readRun(path)
				.rounds.slice(0, isComplete ? 4 : 3)
				.map(withoutLate(events)),
		);
	}
});

/** Leaves out of round 3 what its events no longer say. */
function withoutLate(events: Buffer) {
	const isEvaluated = events.includes('{"type":"evaluated.central","round":3');
	return (row: RoundMetrics): RoundMetrics =>
		row.round === 3 && !isEvaluated ? { ...row, centralAccuracy: null, centralLoss: null } : row;
}

test("a damaged file that ends two rounds early says so", async () => {
	const { path, copyOf } = await finishedRun();
	const copy = copyOf();
	const whole = readFileSync(runFile(path, "events"));
	const startOfTwo = whole.indexOf('{"type":"round.started","round":2');
	writeFileSync(
		runFile(copy, "events"),
		Buffer.concat([whole.subarray(0, startOfTwo + 9), whole.subarray(startOfTwo)]),
	);
	expect(() => readRun(copy)).toThrow(/events\.jsonl:\d+: this line is not an event/);
	const { warnings } = await truncateToRound(copy, 3);
	expect(warnings).toEqual([expect.stringMatching(/what happened in rounds 2 to 3 is missing/)]);
	expect(readFileSync(runFile(copy, "events"))).toEqual(whole.subarray(0, startOfTwo));
});

test("a checkpoint without its event gets the event, as an undisturbed run has it", async () => {
	const { path, copyOf } = await finishedRun();
	const copy = copyOf();
	const whole = readFileSync(runFile(path, "events"));
	truncateSync(runFile(copy, "events"), whole.lastIndexOf('{"type":"checkpoint.written"'));
	await truncateToRound(copy, 3);
	expect(readFileSync(runFile(copy, "events"))).toEqual(whole);
});

test("the event that ended the run goes, tables that a crash tore are written anew", async () => {
	const { path, copyOf } = await finishedRun();
	const copy = copyOf();
	const recorder = createRunRecorder(copy);
	recorder.record({ type: "run.interrupted", round: 3, totalWallSeconds: 1 });
	await recorder.close();
	for (const file of ["metricsLines", "metricsTable", "clients"] as const) {
		truncateSync(runFile(copy, file), readFileSync(runFile(copy, file)).length - 20);
	}
	await truncateToRound(copy, 3);
	expect(contentOf(copy)).toEqual(contentOf(path));
});

test("newer and half-written checkpoints go, older ones stay", async () => {
	const { copyOf } = await finishedRun();
	const copy = copyOf();
	writeFileSync(join(copy, `${checkpointName(4)}.partial`), "half");
	writeFileSync(join(copy, checkpointName(3)), "damaged");
	const { round, warnings } = (await readLatestCheckpoint(copy)) ?? { round: 0 };
	expect(round).toBe(2);
	expect(warnings).toEqual([
		expect.stringMatching(
			/^checkpoints\/round-000003\.safetensors is damaged: .*going on from round 2 instead$/,
		),
	]);
	await truncateToRound(copy, round);
	expect(checkpointRounds(copy)).toEqual([2]);
	expect(existsSync(join(copy, `${checkpointName(4)}.partial`))).toBe(false);
});

test("a run killed inside its first round starts anew", async () => {
	const { path } = await newRun(temporaryFolder());
	const recorder = createRunRecorder(path);
	for (const event of roundEvents(1).slice(0, 2)) recorder.record(event);
	await recorder.flush();
	expect(await readLatestCheckpoint(path)).toBeUndefined();
	expect(await truncateToRound(path, 0)).toEqual({ warnings: [] });
	expect(readRun(path).started).toBeUndefined();
	await recorder.close();
});

test("a folder without checkpoints or events can be taken back", async () => {
	const { path } = await newRun(temporaryFolder());
	rmSync(runFile(path, "checkpoints"), { recursive: true });
	expect(await truncateToRound(path, 0)).toEqual({ warnings: [] });
	await writeCheckpoint(path, { round: 1, state: stateAfter(1) });
	expect(checkpointRounds(path)).toEqual([1]);
});

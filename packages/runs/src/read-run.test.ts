import { rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { writePartition } from "./partition-file.ts";
import { readRun } from "./read-run.ts";
import { runFile } from "./run-files.ts";
import {
	checkpointEvent,
	newRun,
	opening,
	recordRounds,
	roundEvents,
	temporaryFolder,
} from "./small-run.fixture.ts";

test("a run folder tells everything that was recorded", async () => {
	const { path, manifest } = await newRun(temporaryFolder());
	await recordRounds(path, 1, 3);
	await writePartition(path, { classes: 2, counts: [[1, 2]] });
	const run = readRun(path);
	const events = [
		...opening,
		...[1, 2, 3].flatMap((round) => [...roundEvents(round), checkpointEvent(round)]),
	];
	expect([...run.events()]).toEqual(events);
	expect([...run.events()]).toEqual(events);
	expect(run).toMatchObject({
		folder: path,
		manifest,
		scenarioText: "name: small # as written\n",
		scenario: { name: "small", clients: { number: 3 } },
		started: opening[0],
		partition: { classes: 2, counts: [[1, 2]] },
		clientEvaluations: { round: 2, clients: [{ client: 0 }, { client: 1, loss: Number.POSITIVE_INFINITY }] },
	});
	expect(run.evaluations.map(({ accuracy }) => accuracy)).toEqual([0.1, 0.25, 0.5, 0.75]);
	expect(run.rounds.map(({ round, trainLoss, totalUpBytes }) => [round, trainLoss, totalUpBytes])).toEqual([
		[0, null, 0],
		[1, 1, 12],
		[2, null, 12],
		[3, 1 / 3, 24],
	]);
});

test("a run that has just begun has no rounds", async () => {
	const { path } = await newRun(temporaryFolder());
	expect(readRun(path)).toMatchObject({
		started: undefined,
		rounds: [],
		evaluations: [],
		clientEvaluations: undefined,
		personalEvaluations: undefined,
		partition: undefined,
	});
});

test("files that are missing or damaged are named", async () => {
	const { path } = await newRun(temporaryFolder());
	writeFileSync(runFile(path, "partition"), "{");
	expect(() => readRun(path)).toThrow(/partition\.json: cannot be read: /);
	rmSync(runFile(path, "partition"));
	for (const text of ["a: [", "- a", "text"]) {
		writeFileSync(runFile(path, "resolved"), text);
		expect(() => readRun(path)).toThrow(/resolved\.yaml: cannot be read: /);
	}
	rmSync(runFile(path, "resolved"));
	expect(() => readRun(path)).toThrow(/resolved\.yaml: cannot be read: the file is missing/);
});

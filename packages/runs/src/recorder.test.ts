import { readFileSync, symlinkSync } from "node:fs";
import type { RunEvent } from "@fl-sim/core";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { decodeEvent } from "./event-lines.ts";
import { createRunRecorder } from "./recorder.ts";
import { runFile, type runFiles } from "./run-files.ts";
import { newRun, opening, recordRounds, roundEvents, temporaryFolder } from "./small-run.fixture.ts";

const read = (folder: string, file: keyof typeof runFiles) => readFileSync(runFile(folder, file), "utf8");

test("events are lines of JSON in the order recorded", async () => {
	const { path } = await newRun(temporaryFolder());
	const recorder = createRunRecorder(path);
	const events = [...opening, ...roundEvents(1), ...roundEvents(2)];
	for (const event of events) recorder.record(event);
	await recorder.close();
	expect(read(path, "events").trimEnd().split("\n").map(decodeEvent)).toEqual(events);
});

test("a round becomes one row, with what was not measured left out", async () => {
	const { path } = await newRun(temporaryFolder());
	await recordRounds(path, 1, 2);
	expect(read(path, "metricsTable")).toBe(
		[
			"round,trainLoss,centralAccuracy,centralLoss,clientsEvaluated,clientsAccuracyMean,clientsAccuracyStd," +
				"clientsAccuracyWorstDecile,clientsAccuracyBestDecile,clientsLossMean,trainedAccuracyMean,personalAccuracyMean,personalAccuracyWorstDecile,personalLossMean,replied,lost,downBytes,upBytes," +
				"totalDownBytes,totalUpBytes,simulatedSeconds,totalSimulatedSeconds,wallSeconds,totalWallSeconds",
			"0,,0.1,2.5,0,,,,,,,,,,0,0,0,0,0,0,0,0,0,0",
			"1,1,0.25,2,0,,,,,,,,,,1,1,16,12,16,12,0.5,0.5,0.25,0.25",
			"2,,0.5,1,2,0.75,0.25,0.5,1,,,,,,0,2,16,0,32,12,0.5,1,0.25,0.5",
			"",
		].join("\n"),
	);
	const [, first, second] = read(path, "metricsLines").trimEnd().split("\n");
	expect(JSON.parse(first ?? "")).toMatchObject({ round: 1, trainLoss: 1, clientsAccuracyMean: null });
	expect(JSON.parse(second ?? "")).toMatchObject({ round: 2, trainLoss: null, clientsLossMean: null });
});

test("clients become rows with their outcome", async () => {
	const { path } = await newRun(temporaryFolder());
	await recordRounds(path, 1, 2);
	expect(read(path, "clients")).toBe(
		[
			"round,client,outcome,phase,reason,trainLoss,accuracy,loss,numExamples,steps,downBytes,upBytes,simulatedSeconds,wallSeconds",
			"1,2,replied,train,,1,,,5,2,8,12,0.25,0.125",
			"1,0,lost,train,deadline,,,,,,8,0,,",
			"2,2,lost,train,dropped,,,,,,8,0,,",
			"2,0,lost,train,deadline,,,,,,8,0,,",
			"2,0,evaluated,,,,0.5,1,4,,,,,",
			"2,1,evaluated,,,,1,,2,,,,,",
			"",
		].join("\n"),
	);
});

test("a round is on disk when the next one starts, and everything is after a flush", async () => {
	const { path } = await newRun(temporaryFolder());
	const recorder = createRunRecorder(path);
	for (const event of [...opening, ...roundEvents(1)]) recorder.record(event);
	expect(read(path, "events")).toBe("");
	const [start, ...rest] = roundEvents(2) as [(typeof opening)[0], ...typeof opening];
	recorder.record(start);
	expect(read(path, "events").trimEnd().split("\n").length).toBe(opening.length + roundEvents(1).length);
	for (const event of rest) recorder.record(event);
	await recorder.flush();
	expect(read(path, "events").trimEnd().split("\n").map(decodeEvent).at(-1)).toEqual(rest.at(-1));
	await recorder.close();
});

test("rounds that end while an earlier one is put on disk are handed to the system all the same", async () => {
	const { path } = await newRun(temporaryFolder());
	const recorder = createRunRecorder(path);
	const before = [opening, roundEvents(1), roundEvents(2), roundEvents(3)].flat();
	for (const event of before) recorder.record(event);
	recorder.record(roundEvents(4)[0] as RunEvent);
	expect(read(path, "events").trimEnd().split("\n").length).toBe(before.length);
	await recorder.close();
	expect(read(path, "events").trimEnd().split("\n").length).toBe(before.length + 1);
});

test("a long round does not wait in memory", async () => {
	const { path } = await newRun(temporaryFolder());
	const recorder = createRunRecorder(path);
	const [, replied] = roundEvents(1) as [unknown, (typeof opening)[0]];
	for (let i = 0; i < 1000; i++) recorder.record(replied);
	expect(read(path, "events").length).toBeGreaterThan(100_000);
	await recorder.close();
});

test("the start of a resumed run is not written", async () => {
	const { path } = await newRun(temporaryFolder());
	const recorder = createRunRecorder(path);
	const [started] = opening as [Extract<(typeof opening)[0], { type: "run.started" }>];
	recorder.record({ ...started, resumedAfterRound: 1 });
	await recorder.close();
	expect(read(path, "events")).toBe("");
});

test("closing writes the metrics as a tidy Parquet file", async () => {
	const { path, manifest } = await newRun(temporaryFolder());
	await recordRounds(path, 1, 2);
	const file = await asyncBufferFromFile(runFile(path, "metricsParquet"));
	const rows = await parquetReadObjects({ file });
	const where = { run: manifest.id, seed: 7n };
	expect(rows).toContainEqual({ ...where, round: 2, metric: "eval/accuracy", value: 0.5, wallSeconds: 0.5 });
	expect(rows.filter(({ metric }) => metric === "train/loss")).toEqual([
		{ ...where, round: 1, metric: "train/loss", value: 1, wallSeconds: 0.25 },
	]);
});

test.skipIf(process.platform !== "linux")(
	"after a failed write every call throws the same error, and closing still works",
	async () => {
		const { path } = await newRun(temporaryFolder());
		symlinkSync("/dev/full", runFile(path, "events"));
		const recorder = createRunRecorder(path);
		for (const event of opening) recorder.record(event);
		const errors: unknown[] = [];
		const next = opening[1] as (typeof opening)[0];
		for (const call of [() => recorder.flush(), async () => recorder.record(next)]) {
			try {
				await call();
			} catch (error) {
				errors.push(error);
			}
		}
		expect(errors).toHaveLength(2);
		expect(errors[0]).toMatchObject({
			code: "FL_RUN_WRITE",
			message: expect.stringMatching(/events\.jsonl: could not be written: no space is left on the device/),
			fix: "Free space; there is no checkpoint yet, so run the scenario again.",
		});
		expect(errors[1]).toBe(errors[0]);
		await recorder.close();
	},
);

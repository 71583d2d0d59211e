import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkpointName, checkpointRounds } from "./checkpoint-files.ts";
import { readLatestCheckpoint, writeCheckpoint } from "./checkpoints.ts";
import { exportRun } from "./export/export-run.ts";
import { updateManifest } from "./manifest.ts";
import { readRun } from "./read-run.ts";
import { createRunRecorder } from "./recorder.ts";
import { runFile } from "./run-files.ts";
import { openRunFolder } from "./run-folder.ts";
import { fillUp, mountSmallFileSystem, remountReadOnly, whyNoMount } from "./small-file-system.fixture.ts";
import { newRun, recordRounds, roundEvents, stateAfter } from "./small-run.fixture.ts";
import { truncateToRound } from "./truncate.ts";

const reason = whyNoMount();

test("these tests run, or say why not", (context) => {
	context.skip(reason !== undefined, reason);
	expect(reason).toBeUndefined();
});

test.skipIf(reason !== undefined)(
	"a full disk leaves the checkpoint before intact, and says so",
	async () => {
		const { path } = await newRun(mountSmallFileSystem());
		await writeCheckpoint(path, { round: 4, state: stateAfter(4) });
		fillUp(path, 40_000);
		const file = join(path, checkpointName(5));
		await expect(writeCheckpoint(path, { round: 5, state: new Float32Array(100_000) })).rejects.toMatchObject(
			{
				code: "FL_RUN_WRITE",
				message: expect.stringMatching(
					`^${file}: could not be written: no space is left on the device \\(0.40 MB are needed, 0.0\\d MB are free\\)$`,
				),
				fix: `Free space; the checkpoint of round 4 is intact.`,
			},
		);
		expect(readdirSync(runFile(path, "checkpoints"))).toEqual(["round-000004.safetensors"]);
		expect(await readLatestCheckpoint(path)).toMatchObject({ round: 4, state: stateAfter(4), warnings: [] });
	},
);

test.skipIf(reason !== undefined)("a run stopped by a full disk goes on once there is space", async () => {
	const { path, manifest } = await newRun(mountSmallFileSystem());
	await recordRounds(path, 1, 2);
	fillUp(path, 0);
	const recorder = createRunRecorder(path);
	const recordMuch = () => {
		for (let i = 0; i < 1000; i++) for (const event of roundEvents(3)) recorder.record(event);
	};
	expect(recordMuch).toThrow(
		expect.objectContaining({
			code: "FL_RUN_WRITE",
			message: expect.stringMatching(
				/events\.jsonl: could not be written: no space .* \(0\.00 MB are free\)/,
			),
			fix: expect.stringMatching(/^Free space; the checkpoint of round 2 is intact/),
		}),
	);
	await recorder.close();
	await expect(updateManifest(path, { status: "failed" })).rejects.toMatchObject({ code: "FL_RUN_WRITE" });
	expect(openRunFolder(path).manifest).toEqual(manifest);
	expect(
		readRun(path)
			.rounds.map(({ round }) => round)
			.slice(0, 3),
	).toEqual([0, 1, 2]);

	rmSync(join(path, "filler"));
	const { round } = (await readLatestCheckpoint(path)) ?? { round: 0 };
	expect(await truncateToRound(path, round)).toEqual({ warnings: [] });
	await recordRounds(path, 3, 3);
	const undisturbed = await newRun(mountSmallFileSystem());
	await recordRounds(undisturbed.path, 1, 3);
	for (const file of ["events", "metricsTable", "clients"] as const) {
		expect(readFileSync(runFile(path, file))).toEqual(readFileSync(runFile(undisturbed.path, file)));
	}
});

test.skipIf(reason !== undefined)("a read-only folder is refused before anything is written", async () => {
	const root = mountSmallFileSystem();
	const { path } = await newRun(root);
	remountReadOnly(root);
	const message = /cannot write a run there: the file system is read-only/;
	await expect(newRun(root)).rejects.toMatchObject({
		code: "FL_RUN_FOLDER",
		message: expect.stringMatching(message),
	});
	expect(() => openRunFolder(path)).toThrow(message);
	await expect(writeCheckpoint(path, { round: 1, state: null })).rejects.toMatchObject({
		code: "FL_RUN_WRITE",
	});
	expect(() => createRunRecorder(path)).toThrow(
		/events\.jsonl: could not be written: the file system is read-only/,
	);
	await expect(exportRun(path, { format: "csv" })).rejects.toMatchObject({
		code: "FL_RUN_WRITE",
		fix: "See that the file can be written.",
	});
	expect(checkpointRounds(path)).toEqual([]);
	expect(existsSync(join(path, "export"))).toBe(false);
});

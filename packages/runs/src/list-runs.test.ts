import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { listRuns } from "./list-runs.ts";
import { readManifest, updateManifest, writeManifest } from "./manifest.ts";
import { resolveRun } from "./resolve-run.ts";
import { runFile } from "./run-files.ts";
import { newRun, recordRounds, temporaryFolder } from "./small-run.fixture.ts";

test("runs are listed from the oldest with their last figures", async () => {
	const root = temporaryFolder();
	const second = await newRun(root, { startedAt: new Date(2026, 5, 1) });
	const first = await newRun(root, { name: "zebra" });
	await recordRounds(second.path, 1, 2);
	await updateManifest(second.path, { status: "finished" });
	mkdirSync(join(root, "notes"));
	writeFileSync(join(root, "file"), "");
	expect(listRuns(root)).toEqual([
		expect.objectContaining({ folder: first.path, status: "running", rounds: 0, accuracy: null }),
		{
			folder: second.path,
			manifest: readManifest(second.path),
			status: "finished",
			rounds: 2,
			accuracy: 0.5,
			downBytes: 32,
			upBytes: 12,
			wallSeconds: 0.5,
		},
	]);
	expect(listRuns(join(root, "nowhere"))).toEqual([]);
});

test("a run whose process is gone is stopped, unless another machine runs it", async () => {
	const root = temporaryFolder();
	const { path, manifest } = await newRun(root);
	// Above the largest process id that Linux hands out.
	await writeManifest(path, { ...manifest, pid: 2 ** 22 + 1 });
	expect(listRuns(root)[0]?.status).toBe("stopped");
	await writeManifest(path, {
		...manifest,
		pid: 2 ** 22 + 1,
		machine: { ...manifest.machine, host: "other" },
	});
	expect(listRuns(root)[0]?.status).toBe("running");
	await updateManifest(path, { status: "running" });
	expect(readManifest(path)).toEqual(manifest);
});

test("a run is found by path, name, the start of its name, or as the latest", async () => {
	const root = temporaryFolder();
	const first = await newRun(root);
	const second = await newRun(root, { startedAt: new Date(2026, 5, 1), name: "other" });
	expect(resolveRun("nowhere", first.path)).toBe(first.path);
	expect(resolveRun(root, basename(first.path))).toBe(first.path);
	expect(resolveRun(root, "202601")).toBe(first.path);
	expect(resolveRun(root, "latest")).toBe(second.path);
	expect(resolveRun("nowhere", join(root, "latest"))).toBe(second.path);
	rmSync(join(root, "latest"));
	expect(resolveRun(root, "latest")).toBe(second.path);
});

test("an unknown or ambiguous name is answered with the nearest", async () => {
	const root = temporaryFolder();
	expect(() => resolveRun(root, "x")).toThrow(
		expect.objectContaining({ fix: expect.stringMatching(/no runs below/) }),
	);
	expect(() => resolveRun(root, "latest")).toThrow(/there are no runs below/);
	const names: string[] = [];
	for (const name of ["iid", "noniid", "a", "b", "c", "d"]) {
		names.push(basename((await newRun(root, { name })).path));
	}
	expect(() => resolveRun(root, "2026")).toThrow(
		expect.objectContaining({
			code: "FL_RUN_FOLDER",
			message: "2026: 6 runs start with it, expected one",
			fix: expect.stringMatching(/^Write more of the name: .*, \.\.\.\.$/),
		}),
	);
	expect(() => resolveRun(root, "NonIID")).toThrow(
		expect.objectContaining({ fix: expect.stringContaining(`: ${names[1]}, `) }),
	);
	expect(() => resolveRun(root, "20260131-230509_c_x")).toThrow(
		expect.objectContaining({ fix: expect.stringContaining(`: ${names[4]}, `) }),
	);
	expect(() => resolveRun(root, "")).toThrow(/6 runs start with it/);
});

test("rows behind a torn one are not counted", async () => {
	const root = temporaryFolder();
	const { path } = await newRun(root);
	const file = runFile(path, "metricsLines");
	for (const text of ["", "{", "null\n", '{"round":3}\n']) {
		writeFileSync(file, text);
		expect(listRuns(root)[0]?.rounds).toBe(0);
	}
});

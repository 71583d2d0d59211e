import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { describeCommit } from "./machine.ts";
import { readManifest, updateManifest } from "./manifest.ts";
import { runFile } from "./run-files.ts";
import { openRunFolder } from "./run-folder.ts";
import { newRun, temporaryFolder } from "./small-run.fixture.ts";

test("a run folder is named by time, scenario and hash, and holds the scenario", async () => {
	const root = join(temporaryFolder(), "deep", "runs");
	const { path, manifest } = await newRun(root);
	expect(path).toBe(join(root, "20260131-230509_small_012345"));
	expect(readFileSync(runFile(path, "scenario"), "utf8")).toBe("name: small # as written\n");
	expect(readFileSync(runFile(path, "resolved"), "utf8")).toBe("name: small\nclients:\n  number: 3\n");
	expect(manifest).toMatchObject({
		id: basename(path),
		name: "small",
		status: "running",
		backend: null,
		pid: process.pid,
		startedAt: new Date(2026, 0, 31, 23, 5, 9).toISOString(),
		machine: { node: process.version, platform: `${process.platform} ${process.arch}` },
	});
	expect(readManifest(path)).toEqual(manifest);
	expect(openRunFolder(path)).toEqual({ path, manifest });
});

test("runs of the same second do not collide, and latest is the newest", async () => {
	const root = temporaryFolder();
	const runs = await Promise.all([newRun(root), newRun(root), newRun(root)]);
	expect(runs.map(({ path }) => basename(path)).sort()).toEqual([
		"20260131-230509_small_012345",
		"20260131-230509_small_012345-2",
		"20260131-230509_small_012345-3",
	]);
	const { manifest } = await newRun(root);
	expect(readlinkSync(join(root, "latest"))).toBe(manifest.id);
});

test("a folder named latest is left alone", async () => {
	const root = temporaryFolder();
	mkdirSync(join(root, "latest", "kept"), { recursive: true });
	const { path } = await newRun(root);
	expect(readManifest(path).status).toBe("running");
});

test.each([
	["../../etc/passwd", "etc-passwd"],
	["Müller & Söhne: α=0.3", "Muller-Sohne-0.3"],
	["..", "run"],
	["", "run"],
	["x".repeat(200), "x".repeat(40)],
])("a scenario called %s cannot leave the folder of runs", async (name, slug) => {
	const root = temporaryFolder();
	const { path } = await newRun(root, { name });
	expect(dirname(path)).toBe(root);
	expect(basename(path)).toBe(`20260131-230509_${slug}_012345`);
});

test("a place that is no folder is named with the reason", async () => {
	const root = temporaryFolder();
	writeFileSync(join(root, "file"), "");
	await expect(newRun(join(root, "file", "runs"))).rejects.toMatchObject({
		code: "FL_RUN_FOLDER",
		message: `${join(root, "file", "runs")}: cannot write a run there: a part of the path is a file, not a folder`,
		fix: "Name another folder in the scenario's output.folder, or make this one writable.",
	});
});

test("a folder that is not a run is refused", () => {
	const root = temporaryFolder();
	expect(() => openRunFolder(root)).toThrow(/not a run folder: .*run\.json is missing/);
	for (const text of ["{", "{}", '{"formatVersion":2}', "null"]) {
		writeFileSync(runFile(root, "manifest"), text);
		expect(() => readManifest(root)).toThrow(/not the manifest of a run, format version 1/);
	}
});

test("a manifest changes in one step and keeps the rest", async () => {
	const { path, manifest } = await newRun(temporaryFolder());
	const change = { status: "finished", endedAt: "2026-02-01T00:00:00.000Z", stopReason: "rounds" } as const;
	expect(await updateManifest(path, change)).toEqual({ ...manifest, ...change });
	expect(readManifest(path)).toEqual({ ...manifest, ...change });
});

test("outside of a repository there is no commit, inside there is one", async () => {
	expect(await describeCommit(temporaryFolder())).toBeNull();
	const commit = await describeCommit(import.meta.dirname);
	if (commit !== null) expect(commit.commit).toMatch(/^[0-9a-f]{40}$/);
});

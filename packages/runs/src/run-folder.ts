import { accessSync, constants } from "node:fs";
import { mkdir, rename, rm, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { FlSimError } from "@fl-sim/core";
import { stringify } from "yaml";
import { writeFileDurably } from "./durable-file.ts";
import { describeCommit, describeMachine } from "./machine.ts";
import { type Manifest, type NewManifest, readManifest, writeManifest } from "./manifest.ts";
import { runFile } from "./run-files.ts";
import { codeOf, isOutOfSpace, reasonOf } from "./system-error.ts";
import { writeFailure } from "./write-failure.ts";

/** A run folder that is ready to be written to. */
export interface RunFolder {
	readonly path: string;
	readonly manifest: Manifest;
}

export interface NewRun {
	/** Folder of all runs; made when it is missing. */
	readonly root: string;
	/** Name of the scenario. */
	readonly name: string;
	readonly manifest: NewManifest;
	/** The scenario file as given. */
	readonly sourceText: string;
	/** The scenario with everything worked in: plain data, written as YAML. */
	readonly resolved: object;
	/** When the run starts; now unless given. */
	readonly startedAt?: Date;
}

/** Name of the link in the root folder that leads to the newest run. */
export const latestName = "latest";

/**
 * Makes `root/<yyyymmdd-hhmmss>_<name>_<short id>/` with the scenario and `run.json`, and points `root/latest` at
 * it. The short id is the start of the scenario's hash, and a counter when that name is taken: two runs never
 * share a folder, not even when they start in the same second.
 *
 * @throws FL_RUN_FOLDER when the folder cannot be made, FL_RUN_WRITE when a file cannot be written.
 */
export async function createRunFolder(run: NewRun): Promise<RunFolder> {
	const startedAt = run.startedAt ?? new Date();
	const path = await makeFolder(run, startedAt);
	const manifest: Manifest = {
		formatVersion: 1,
		id: basename(path),
		status: "running",
		name: run.name,
		backend: null,
		...run.manifest,
		git: await describeCommit(process.cwd()),
		machine: describeMachine(),
		pid: process.pid,
		startedAt: startedAt.toISOString(),
		endedAt: null,
		resumes: [],
		stopReason: null,
		error: null,
		weightsSha256: null,
	};
	await writeFileDurably(runFile(path, "scenario"), [run.sourceText], { folder: path });
	await writeFileDurably(runFile(path, "resolved"), [stringify(run.resolved)], { folder: path });
	await writeManifest(path, manifest);
	await pointLatestAt(run.root, manifest.id);
	return { path, manifest };
}

/** @throws FL_RUN_FOLDER when `path` is not a run folder or cannot be written to. */
export function openRunFolder(path: string): RunFolder {
	const manifest = readManifest(path);
	try {
		accessSync(path, constants.W_OK);
	} catch (cause) {
		throw folderFailure(path, cause);
	}
	return { path, manifest };
}

async function makeFolder({ root, name, manifest }: NewRun, startedAt: Date): Promise<string> {
	const stem = `${timestamp(startedAt)}_${slugOf(name)}_${manifest.scenarioHash.slice(0, 6)}`;
	try {
		await mkdir(root, { recursive: true });
	} catch (cause) {
		throw folderFailure(root, cause);
	}
	for (let count = 1; ; count++) {
		const path = join(root, count === 1 ? stem : `${stem}-${count}`);
		try {
			await mkdir(path);
			await mkdir(runFile(path, "checkpoints"));
			return path;
		} catch (cause) {
			if (codeOf(cause) !== "EEXIST") throw folderFailure(path, cause);
		}
	}
}

function folderFailure(path: string, cause: unknown): FlSimError {
	if (isOutOfSpace(cause)) return writeFailure(path, cause);
	return new FlSimError("FL_RUN_FOLDER", `${path}: cannot write a run there: ${reasonOf(cause)}`, {
		fix: "Name another folder in the scenario's output.folder, or make this one writable.",
		details: { folder: path },
		cause,
	});
}

/** Local time, as in 20260131-235959. */
function timestamp(date: Date): string {
	const two = (value: number) => String(value).padStart(2, "0");
	const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
	return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}

/** A name as part of a folder name: letters, digits, dots, dashes and underscores. */
function slugOf(name: string): string {
	const slug = name
		.normalize("NFKD")
		.replace(/\p{Mark}/gu, "")
		.replace(/[^A-Za-z0-9._-]+/g, "-")
		.slice(0, 40)
		.replace(/^[.-]+|[.-]+$/g, "");
	return slug === "" ? "run" : slug;
}

/** A convenience: a file system without links, or a folder of that name, is no reason to fail. */
async function pointLatestAt(root: string, id: string): Promise<void> {
	const link = join(root, `.${latestName}-${id}`);
	try {
		await symlink(id, link);
		await rename(link, join(root, latestName));
	} catch {
		await rm(link, { force: true }).catch(() => undefined);
	}
}

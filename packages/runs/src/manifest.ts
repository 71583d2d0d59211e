import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { FlSimError, type StopReason } from "@fl-sim/core";
import { writeFileDurably } from "./durable-file.ts";
import { runFile } from "./run-files.ts";
import { codeOf, reasonOf } from "./system-error.ts";

/** `running` is also what a killed process leaves behind. */
export type RunStatus = "running" | "finished" | "interrupted" | "failed";

/** What `run.json` holds: where a run comes from and how it ended. */
export interface Manifest {
	readonly formatVersion: 1;
	/** Name of the run folder. */
	readonly id: string;
	readonly status: RunStatus;
	/** Name of the scenario. */
	readonly name: string;
	/** Path of the scenario file, as given on the command line. */
	readonly scenarioFile: string;
	/** Folder that relative paths in the scenario start from. */
	readonly baseFolder: string;
	/** SHA-256 of the resolved scenario, in hex. */
	readonly scenarioHash: string;
	readonly algorithm: string;
	readonly seed: number;
	/** Rounds asked for. */
	readonly rounds: number;
	/** Version of fl-sim. */
	readonly version: string;
	readonly commandLine: readonly string[];
	readonly workers: number;
	/** Null until a backend is open. */
	readonly backend: BackendRecord | null;
	/**
	 * `drawn`: the settings alone decide who takes part, so runs with the same settings end alike. `given`: clients that were
	 * there, or a recording. Missing in runs of earlier versions.
	 */
	readonly participation?: "drawn" | "given";
	/** Commit of the repository that the command was started in; null outside of one. */
	readonly git: { readonly commit: string; readonly dirty: boolean } | null;
	readonly machine: MachineRecord;
	/** The process that writes, or wrote, the run. */
	readonly pid: number;
	/** ISO 8601, UTC. */
	readonly startedAt: string;
	/** Null while the run goes on. */
	readonly endedAt: string | null;
	/** Each time the run went on after an interruption. */
	readonly resumes: readonly { readonly afterRound: number; readonly at: string }[];
	/** Why the run ended well. */
	readonly stopReason: StopReason | null;
	/** Why the run failed. */
	readonly error: { readonly code: string; readonly message: string } | null;
	/** SHA-256 of the final weights as little-endian float32, in hex. */
	readonly weightsSha256: string | null;
}

/** The backend that trained, and why those before it in the order of preference did not. */
export interface BackendRecord {
	readonly name: string;
	readonly version: string;
	readonly notChosen: readonly { readonly name: string; readonly reason: string }[];
}

export interface MachineRecord {
	/** Version of Node. */
	readonly node: string;
	/** Operating system and architecture: `linux x64`. */
	readonly platform: string;
	readonly host: string;
	readonly cpuModel: string;
	readonly cpuCores: number;
}

/** The part of a manifest that only the caller of `createRunFolder` knows. */
export type NewManifest = Pick<
	Manifest,
	| "scenarioFile"
	| "baseFolder"
	| "scenarioHash"
	| "algorithm"
	| "seed"
	| "rounds"
	| "version"
	| "commandLine"
	| "workers"
> &
	Partial<Pick<Manifest, "backend" | "participation">>;

/** The part of a manifest that changes while a run goes on. */
export type ManifestChange = Partial<
	Pick<
		Manifest,
		"status" | "backend" | "workers" | "endedAt" | "resumes" | "stopReason" | "error" | "weightsSha256"
	>
>;

/** @throws FL_RUN_FOLDER when the folder holds no readable `run.json`. */
export function readManifest(folder: string): Manifest {
	const file = runFile(folder, "manifest");
	let text: string;
	try {
		text = readFileSync(file, "utf8");
	} catch (cause) {
		const isMissing = codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR";
		const problem = isMissing ? `not a run folder: ${file} is missing` : `${file}: ${reasonOf(cause)}`;
		throw new FlSimError("FL_RUN_FOLDER", `${folder}: ${problem}`, {
			fix: "Name a folder that a run has written; `fl-sim runs` lists them.",
			cause,
		});
	}
	const manifest = parseJson(text);
	if (isManifest(manifest)) return manifest;
	throw new FlSimError("FL_RUN_FOLDER", `${file}: not the manifest of a run, format version 1`, {
		fix: "Restore the file from a copy, or run the scenario again.",
	});
}

/**
 * Changes `run.json` in one step: a crash leaves the old or the new one. A change of the status to `running` makes
 * the calling process the writer.
 *
 * @throws FL_RUN_FOLDER, FL_RUN_WRITE
 */
export async function updateManifest(folder: string, change: ManifestChange): Promise<Manifest> {
	const before = readManifest(folder);
	const writer =
		change.status === "running" ? { pid: process.pid, machine: { ...before.machine, host: hostname() } } : {};
	const manifest: Manifest = { ...before, ...change, ...writer };
	await writeManifest(folder, manifest);
	return manifest;
}

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
	const text = `${JSON.stringify(manifest, null, "\t")}\n`;
	await writeFileDurably(runFile(folder, "manifest"), [text], { folder });
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const manifestFields = {
	id: "string",
	status: "string",
	name: "string",
	scenarioHash: "string",
	algorithm: "string",
	seed: "number",
	rounds: "number",
	startedAt: "string",
	machine: "object",
	pid: "number",
	resumes: "object",
} as const satisfies Partial<Record<keyof Manifest, string>>;

function isManifest(value: unknown): value is Manifest {
	if (typeof value !== "object" || value === null) return false;
	const fields = new Map(Object.entries(value));
	return (
		fields.get("formatVersion") === 1 &&
		Object.entries(manifestFields).every(([name, type]) => typeof fields.get(name) === type)
	);
}

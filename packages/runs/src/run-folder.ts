import type { Manifest, NewManifest } from "./manifest.ts";

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

/**
 * Makes `root/<yyyymmdd-hhmmss>_<name>_<short id>/` with the scenario and `run.json`, and points `root/latest` at
 * it. Two runs never share a folder, not even when they start in the same second.
 *
 * @throws FL_RUN_FOLDER when the folder cannot be made, FL_RUN_WRITE when a file cannot be written.
 */
export function createRunFolder(run: NewRun): Promise<RunFolder> {
	return Promise.reject(new Error(run.name));
}

/** @throws FL_RUN_FOLDER when `path` is not a run folder or cannot be written to. */
export function openRunFolder(path: string): RunFolder {
	throw new Error(path);
}

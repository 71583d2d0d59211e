import type { Manifest } from "./manifest.ts";

/** One line of `fl-sim runs`. */
export interface RunSummary {
	readonly folder: string;
	readonly manifest: Manifest;
	/** Rounds done. */
	readonly rounds: number;
	/** Of the last evaluation on the central test set. */
	readonly accuracy: number | null;
	readonly upBytes: number;
	readonly downBytes: number;
	readonly wallSeconds: number;
}

/** The runs below `root`, oldest first; folders that are not runs are passed over. */
export function listRuns(root: string): readonly RunSummary[] {
	throw new Error(root);
}

/**
 * The folder of a run named by a path, a folder name below `root`, the unique start of one, or `latest`.
 *
 * @throws FL_RUN_FOLDER with the nearest names.
 */
export function resolveRun(root: string, text: string): string {
	throw new Error(root + text);
}

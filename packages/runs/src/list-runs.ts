import { join } from "node:path";
import { namesIn } from "./folder-names.ts";
import { readLines } from "./lines.ts";
import { isWriterAlive } from "./machine.ts";
import { type Manifest, type RunStatus, readManifest } from "./manifest.ts";
import { parseRow, type RoundMetrics } from "./round-metrics.ts";
import { runFile } from "./run-files.ts";
import { latestName, type RunFolder } from "./run-folder.ts";

/** One line of `fl-sim runs`. */
export interface RunSummary {
	/** Path of the run folder. */
	readonly folder: string;
	readonly manifest: Manifest;
	/** `stopped`: the manifest says `running`, but its process is gone. */
	readonly status: RunStatus | "stopped";
	/** Rounds done. */
	readonly rounds: number;
	/** Of the last evaluation on the central test set. */
	readonly accuracy: number | null;
	/** Payload bytes since the start. */
	readonly downBytes: number;
	readonly upBytes: number;
	/** Time spent in rounds, by the clock. */
	readonly wallSeconds: number;
}

/** The runs below `root`, oldest first; what is not a run is passed over. */
export function listRuns(root: string): readonly RunSummary[] {
	return runFoldersIn(root)
		.map(summarize)
		.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

/** The run folders below `root`, by name. */
export function runFoldersIn(root: string): readonly RunFolder[] {
	return namesIn(root)
		.filter((name) => name !== latestName)
		.toSorted()
		.flatMap((name) => runFolderAt(join(root, name)) ?? []);
}

/** The run folder at a path; undefined when there is none. */
export function runFolderAt(path: string): RunFolder | undefined {
	try {
		return { path, manifest: readManifest(path) };
	} catch {
		return undefined;
	}
}

function sortKey({ manifest }: RunSummary): string {
	return `${manifest.startedAt} ${manifest.id}`;
}

function summarize({ path: folder, manifest }: RunFolder): RunSummary {
	let last: RoundMetrics | undefined;
	let accuracy: number | null = null;
	for (const row of readRows(folder)) {
		last = row;
		accuracy = row.centralAccuracy ?? accuracy;
	}
	return {
		folder,
		manifest,
		status: manifest.status === "running" && !isWriterAlive(manifest) ? "stopped" : manifest.status,
		rounds: last?.round ?? 0,
		accuracy,
		downBytes: last?.totalDownBytes ?? 0,
		upBytes: last?.totalUpBytes ?? 0,
		wallSeconds: last?.totalWallSeconds ?? 0,
	};
}

/** The rows of `metrics.jsonl`, as far as they can be read. */
export function* readRows(folder: string): Generator<RoundMetrics> {
	for (const { text, isComplete } of readLines(runFile(folder, "metricsLines"))) {
		const row = isComplete ? parseRow(text) : undefined;
		if (row === undefined) return;
		yield row;
	}
}

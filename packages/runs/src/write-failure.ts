import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { FlSimError } from "@fl-sim/core";
import { checkpointRounds } from "./checkpoint-files.ts";
import { isOutOfSpace, reasonOf } from "./system-error.ts";

/** What a failed write was about. */
export interface WriteContext {
	/** The run folder that the file belongs to; absent for exports. */
	readonly folder?: string | undefined;
	/** Bytes that had to fit. */
	readonly byteLength?: number | undefined;
	/** Permissions of the file, `0o600`; those that the process gives unless set. */
	readonly mode?: number | undefined;
}

/** The error for a write that failed: names the file, what was missing, and what is safe. */
export function writeFailure(file: string, cause: unknown, context: WriteContext = {}): FlSimError {
	const isFull = isOutOfSpace(cause);
	const space = isFull ? spaceOf(file, context.byteLength) : "";
	const remedy = isFull ? "Free space" : "See that the file can be written";
	return new FlSimError("FL_RUN_WRITE", `${file}: could not be written: ${reasonOf(cause)}${space}`, {
		fix: context.folder === undefined ? `${remedy}.` : `${remedy}; ${whatIsSafe(context.folder)}`,
		details: { file },
		cause,
	});
}

function spaceOf(file: string, byteLength: number | undefined): string {
	const parts = byteLength === undefined ? [] : [`${megabytes(byteLength)} are needed`];
	try {
		const { bavail, bsize } = statfsSync(dirname(file));
		parts.push(`${megabytes(bavail * bsize)} are free`);
	} catch {
		// Not every file system tells; the message does without.
	}
	return parts.length > 0 ? ` (${parts.join(", ")})` : "";
}

function megabytes(bytes: number): string {
	return `${(bytes / 1e6).toFixed(2)} MB`;
}

function whatIsSafe(folder: string): string {
	const newest = newestCheckpoint(folder);
	if (newest === undefined) return "there is no checkpoint yet, so run the scenario again.";
	return `the checkpoint of round ${newest} is intact.`;
}

function newestCheckpoint(folder: string): number | undefined {
	try {
		return checkpointRounds(folder).at(-1);
	} catch {
		return undefined;
	}
}

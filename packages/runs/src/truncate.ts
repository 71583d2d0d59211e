import { open } from "node:fs/promises";
import { join } from "node:path";
import type { RunEvent } from "@fl-sim/core";
import { checkpointName, checkpointRounds } from "./checkpoint-files.ts";
import { partialSuffix, removeFile } from "./durable-file.ts";
import { encodeEvent, readEvents } from "./event-lines.ts";
import { namesIn } from "./folder-names.ts";
import { runFile, runFiles } from "./run-files.ts";
import { openRunTables } from "./run-tables.ts";
import { writeFailure } from "./write-failure.ts";

/**
 * Takes a run folder back to the end of `round`: events and rows of later rounds, torn last lines, the event that
 * ended the run and newer checkpoints go away. Round 0 takes away everything recorded: such a run starts anew.
 * Tables are written anew from the events, so they agree with them whatever a crash did to them.
 *
 * @returns one sentence for everything the user should know, such as events missing before `round`.
 * @throws FL_RUN_WRITE
 */
export async function truncateToRound(
	folder: string,
	round: number,
): Promise<{ readonly warnings: readonly string[] }> {
	for (const newer of checkpointRounds(folder).filter((other) => other > round)) {
		await removeFile(folder, join(folder, checkpointName(newer)));
	}
	await removePartialFiles(folder);
	const kept = keptEvents(folder, round);
	await cutEvents(folder, kept.end, missingTail(folder, round, kept));
	writeTablesAnew(folder);
	if (kept.lastRound >= round) return { warnings: [] };
	const missing =
		kept.lastRound + 1 === round ? `round ${round}` : `rounds ${kept.lastRound + 1} to ${round}`;
	return {
		warnings: [`${runFiles.events} is damaged: what happened in ${missing} is missing from the run's files`],
	};
}

interface KeptEvents {
	/** Length of `events.jsonl` up to the end of the last complete round, in bytes. */
	readonly end: number;
	readonly lastRound: number;
	readonly lastCheckpoint: number;
}

function keptEvents(folder: string, round: number): KeptEvents {
	let end = 0;
	let lastRound = 0;
	let lastCheckpoint = 0;
	if (round === 0) return { end, lastRound, lastCheckpoint };
	for (const { event, end: behind } of readEvents(folder, { stopAtDamage: true })) {
		if (isEndOfRun(event) || ("round" in event && event.round > round)) break;
		if (event.type === "round.finished") lastRound = event.round;
		if (event.type === "checkpoint.written") lastCheckpoint = event.round;
		if (!isInsideRound(event)) end = behind;
	}
	return { end, lastRound, lastCheckpoint };
}

function isEndOfRun({ type }: RunEvent): boolean {
	return type === "run.finished" || type === "run.interrupted" || type === "run.failed";
}

/** Events that count only once their round is finished. */
function isInsideRound({ type }: RunEvent): boolean {
	return type === "round.started" || type === "client.replied" || type === "client.lost";
}

/** The checkpoint is on disk before its event is, so a crash between the two leaves the event out. */
function missingTail(folder: string, round: number, kept: KeptEvents): string {
	if (round === 0 || kept.lastRound !== round || kept.lastCheckpoint === round) return "";
	if (!checkpointRounds(folder).includes(round)) return "";
	return encodeEvent({ type: "checkpoint.written", round, file: checkpointName(round) });
}

async function cutEvents(folder: string, end: number, tail: string): Promise<void> {
	const file = runFile(folder, "events");
	try {
		const handle = await open(file, "a");
		try {
			await handle.truncate(end);
			await handle.appendFile(tail);
			await handle.sync();
		} finally {
			await handle.close();
		}
	} catch (cause) {
		throw writeFailure(file, cause, { folder });
	}
}

function writeTablesAnew(folder: string): void {
	const tables = openRunTables(folder, "w");
	try {
		for (const { event } of readEvents(folder)) tables.record(event);
		tables.finish();
		tables.write();
	} finally {
		tables.close();
	}
}

async function removePartialFiles(folder: string): Promise<void> {
	for (const place of [folder, runFile(folder, "checkpoints")]) {
		for (const name of namesIn(place).filter((other) => other.endsWith(partialSuffix))) {
			await removeFile(folder, join(place, name));
		}
	}
}

import { readFileSync } from "node:fs";
import { type ClientEvaluation, FlSimError, messageOf, type RunEvent } from "@fl-sim/core";
import { parse } from "yaml";
import { readEvents } from "./event-lines.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import type { RoundMetrics } from "./round-metrics.ts";
import { createRoundRows } from "./round-rows.ts";
import { runFile, type runFiles } from "./run-files.ts";
import { codeOf, reasonOf } from "./system-error.ts";

export type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { readonly type: Type }>;

/** Everything a run folder tells, as far as the run went. */
export interface RunRecord {
	/** Path of the run folder. */
	readonly folder: string;
	readonly manifest: Manifest;
	/** The scenario as the user gave it. */
	readonly scenarioText: string;
	/** The resolved scenario. */
	readonly scenario: Readonly<Record<string, unknown>>;
	readonly started: EventOf<"run.started"> | undefined;
	/** Finished rounds in order; round 0 first when it was evaluated. */
	readonly rounds: readonly RoundMetrics[];
	/** Evaluations on the central test set, in order. */
	readonly evaluations: readonly EventOf<"evaluated.central">[];
	/** The last evaluation on clients' own test examples. */
	readonly clientEvaluations:
		| { readonly round: number; readonly clients: readonly ClientEvaluation[] }
		| undefined;
	/** The last evaluation of clients' own models. */
	readonly personalEvaluations:
		| { readonly round: number; readonly clients: readonly ClientEvaluation[] }
		| undefined;
	/** Content of `partition.json`; undefined when the run has none. */
	readonly partition: unknown;
	/** Reads all events from the file, in order; each call starts again. */
	events(): Iterable<RunEvent>;
}

/**
 * Reads a run folder. A torn last line, as a crash leaves it, is passed over.
 *
 * @throws FL_RUN_FOLDER when the folder is not a run, or names the file and line that cannot be read.
 */
export function readRun(folder: string): RunRecord {
	const manifest = readManifest(folder);
	const scenarioText = readText(folder, "scenario");
	if (scenarioText === undefined) throw unreadable(folder, "scenario", "the file is missing");
	return {
		folder,
		manifest,
		scenarioText,
		scenario: readScenario(folder),
		partition: readPartition(folder),
		...summarizeEvents(eventsOf(folder)),
		events: () => eventsOf(folder),
	};
}

function* eventsOf(folder: string): Generator<RunEvent> {
	for (const { event } of readEvents(folder)) yield event;
}

function summarizeEvents(
	events: Iterable<RunEvent>,
): Pick<RunRecord, "started" | "rounds" | "evaluations" | "clientEvaluations" | "personalEvaluations"> {
	let started: EventOf<"run.started"> | undefined;
	let clientEvaluations: EventOf<"evaluated.clients"> | undefined;
	let personalEvaluations: EventOf<"evaluated.personal"> | undefined;
	const evaluations: EventOf<"evaluated.central">[] = [];
	const rounds: RoundMetrics[] = [];
	const rows = createRoundRows();
	const add = (row: RoundMetrics | undefined) => {
		if (row !== undefined) rounds.push(row);
	};
	for (const event of events) {
		if (event.type === "run.started") started ??= event;
		else if (event.type === "evaluated.central") evaluations.push(event);
		else if (event.type === "evaluated.clients") clientEvaluations = event;
		else if (event.type === "evaluated.personal") personalEvaluations = event;
		add(rows.add(event));
	}
	add(rows.finish());
	return { started, rounds, evaluations, clientEvaluations, personalEvaluations };
}

/** The resolved scenario of a run. @throws FL_RUN_FOLDER when its file is missing or damaged */
export function readScenario(folder: string): Readonly<Record<string, unknown>> {
	const text = readText(folder, "resolved");
	if (text === undefined) throw unreadable(folder, "resolved", "the file is missing");
	let value: unknown;
	try {
		value = parse(text);
	} catch (cause) {
		throw unreadable(folder, "resolved", messageOf(cause));
	}
	if (!isRecord(value)) throw unreadable(folder, "resolved", "not a scenario");
	return value;
}

function readPartition(folder: string): unknown {
	const text = readText(folder, "partition");
	if (text === undefined) return undefined;
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw unreadable(folder, "partition", messageOf(cause));
	}
}

function readText(folder: string, file: keyof typeof runFiles): string | undefined {
	try {
		return readFileSync(runFile(folder, file), "utf8");
	} catch (cause) {
		if (codeOf(cause) === "ENOENT") return undefined;
		throw unreadable(folder, file, reasonOf(cause));
	}
}

function unreadable(folder: string, file: keyof typeof runFiles, problem: string): FlSimError {
	return new FlSimError("FL_RUN_FOLDER", `${runFile(folder, file)}: cannot be read: ${problem}`, {
		fix: "Restore the file from a copy, or run the scenario again.",
		details: { file: runFile(folder, file) },
	});
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

import { FlSimError, messageOf, type RunEvent } from "@fl-sim/core";
import { type FederatedDataDescriptor, openFederatedData, summarizePartition } from "@fl-sim/data";
import { type RunOutcome, type RunPlan, type RunSnapshot, runRounds } from "@fl-sim/engine";
import { writeReport } from "@fl-sim/report";
import {
	createRunLogger,
	createRunRecorder,
	type RunLog,
	type RunRecorder,
	readRun,
	updateManifest,
	writeCheckpoint,
	writePartition,
	writeWeights,
} from "@fl-sim/runs";
import { type Scenario, scenarioHash } from "@fl-sim/scenario";
import { logEvent } from "./log-event.ts";
import type { OpenClients, OpenedClients } from "./open-clients.ts";
import { checkpointOf } from "./snapshot-state.ts";

export interface SimulationOptions {
	/** Worker threads; the number of cores unless given, 0 for none. */
	readonly workers?: number | undefined;
	/** Clients played on this machine, unless given. */
	readonly open?: OpenClients;
	/** For the record, `fl-sim run FILE ...`. */
	readonly commandLine?: readonly string[];
	/** Ends the run after the round under way, with a checkpoint. */
	readonly finishRound?: AbortSignal;
	/** Ends the run at once; the last checkpoint stays. */
	readonly stopNow?: AbortSignal;
	readonly onEvent?: (event: RunEvent) => void;
	/** Told what a resumed run had to leave aside, and what makes a run slow, in a sentence. */
	readonly onWarning?: (warning: string) => void;
}

export interface SimulationResult {
	/** The run folder. */
	readonly run: string;
	readonly status: "finished" | "interrupted";
	readonly algorithm: string;
	readonly backend: string;
	readonly workers: number;
	/** Rounds done. */
	readonly rounds: number;
	/** On the central test set after the last round that was evaluated; null when none was. */
	readonly finalAccuracy: number | null;
	/** Payload bytes from clients to the server, and from the server to clients. */
	readonly bytesUp: number;
	readonly bytesDown: number;
	/** SHA-256 of the flat float32 weights, little-endian, in layout order. */
	readonly weightsSha256: string;
	readonly seconds: number;
	/** The report, when one was written. */
	readonly report: string | null;
}

export interface PreparedRun {
	readonly scenario: Scenario;
	readonly folder: string;
	readonly data: FederatedDataDescriptor;
	readonly plan: RunPlan;
	readonly opened: OpenedClients;
	readonly resumeFrom: RunSnapshot | undefined;
}

/** Clients of a generated population whose labels are counted for the heat map: each must be generated. */
const generatedClientsInSummary = 100;

/** Plays a prepared run and keeps everything about it in its folder. */
export async function playInFolder(run: PreparedRun, options: SimulationOptions): Promise<SimulationResult> {
	const { folder, data } = run;
	const log = createRunLogger(folder);
	const recorder = createRunRecorder(folder);
	const emit = (event: RunEvent): void => {
		recorder.record(event);
		logEvent(log.logger, event);
		options.onEvent?.(event);
	};
	let lastRound = run.resumeFrom?.round ?? 0;
	const { stepBytes } = run.opened.clients;
	if (stepBytes > 0) log.logger.info({ stepBytes }, "memory of compiled steps in each thread");
	for (const note of run.opened.notes) {
		log.logger.warn(note);
		options.onWarning?.(note);
	}
	try {
		if (run.resumeFrom === undefined) {
			const summary = data.kind === "owned" ? { maxClients: generatedClientsInSummary } : {};
			await writePartition(folder, summarizePartition(openFederatedData(data), summary));
		}
		emit(startEvent(run));
		const outcome = await play(run, options, { recorder, emit, onRound: (round) => (lastRound = round) });
		return await finish(run, outcome, { recorder, log, emit });
	} catch (error) {
		await fail(run, error, { recorder, log, emit, round: lastRound });
		throw error;
	}
}

function startEvent({ folder, plan, scenario, opened, resumeFrom }: PreparedRun): RunEvent {
	return {
		type: "run.started",
		run: folder,
		algorithm: scenario.algorithm.name,
		backend: opened.backend.name,
		seed: plan.seed,
		rounds: plan.rounds,
		population: plan.population,
		parameters: plan.layout.size,
		workers: opened.workers,
		...(resumeFrom === undefined ? {} : { resumedAfterRound: resumeFrom.round }),
	};
}

interface Writers {
	readonly recorder: RunRecorder;
	readonly emit: (event: RunEvent) => void;
}

function play(
	{ plan, opened, folder, resumeFrom }: PreparedRun,
	options: SimulationOptions,
	writers: Writers & { onRound(round: number): void },
): Promise<RunOutcome> {
	const never = new AbortController().signal;
	const { link, evaluator, clientStates } = opened.clients;
	return runRounds(plan, {
		link,
		evaluator,
		clientStates,
		participation: opened.participation,
		emit(event) {
			if (event.type === "round.started") writers.onRound(event.round);
			writers.emit(event);
		},
		async saveCheckpoint(snapshot) {
			await writers.recorder.flush(); // a checkpoint must never be ahead of the events on disk
			return await writeCheckpoint(folder, checkpointOf(snapshot));
		},
		resumeFrom,
		finishRound: options.finishRound ?? never,
		stopNow: options.stopNow ?? never,
	});
}

async function finish(
	run: PreparedRun,
	outcome: RunOutcome,
	{ recorder, log, emit }: Writers & { readonly log: RunLog },
): Promise<SimulationResult> {
	const { folder, scenario, plan, opened } = run;
	const { round, params, totals, reason } = outcome;
	const weightsSha256 = await writeWeights(folder, {
		layout: plan.layout,
		params,
		round,
		scenarioHash: scenarioHash(scenario),
	});
	const totalWallSeconds = totals.wallSeconds;
	const isInterrupted = reason === "interrupted";
	emit(
		isInterrupted
			? { type: "run.interrupted", round, totalWallSeconds }
			: { type: "run.finished", round, reason, weightsSha256, totalWallSeconds },
	);
	await recorder.close();
	log.close();
	await updateManifest(folder, {
		status: isInterrupted ? "interrupted" : "finished",
		stopReason: isInterrupted ? null : reason,
		endedAt: new Date().toISOString(),
		weightsSha256,
	});
	const record = readRun(folder);
	const report = scenario.output.report ? await writeReport(record) : null;
	return {
		run: folder,
		status: isInterrupted ? "interrupted" : "finished",
		algorithm: scenario.algorithm.name,
		backend: opened.backend.name,
		workers: opened.workers,
		rounds: round,
		finalAccuracy: record.evaluations.at(-1)?.accuracy ?? null,
		bytesUp: totals.upBytes,
		bytesDown: totals.downBytes,
		weightsSha256,
		seconds: totalWallSeconds,
		report,
	};
}

/** Writes down why a run ended, as far as the disk still takes it; the error itself goes on to the caller. */
async function fail(
	{ folder }: PreparedRun,
	error: unknown,
	{ recorder, log, emit, round }: Writers & { readonly log: RunLog; readonly round: number },
): Promise<void> {
	const code = error instanceof FlSimError ? error.code : "bug";
	const isInterrupted = code === "FL_RUN_INTERRUPTED";
	const message = messageOf(error);
	await attempt(() => emit({ type: "run.failed", round, code, message }));
	await attempt(() => recorder.close());
	await attempt(() => log.close());
	await attempt(() =>
		updateManifest(folder, {
			status: isInterrupted ? "interrupted" : "failed",
			endedAt: new Date().toISOString(),
			error: isInterrupted ? null : { code, message },
		}),
	);
}

async function attempt(write: () => unknown): Promise<void> {
	try {
		await write();
	} catch {
		// The first error is the one that the user must see; this one is its consequence.
	}
}

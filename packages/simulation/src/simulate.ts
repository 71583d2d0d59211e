import { FlSimError } from "@fl-sim/core";
import { describeFederatedData, type FederatedDataDescriptor, openFederatedData } from "@fl-sim/data";
import type { RunPlan, RunSnapshot } from "@fl-sim/engine";
import {
	createRunFolder,
	openRunFolder,
	type RunFolder,
	readLatestCheckpoint,
	readRun,
	truncateToRound,
	updateManifest,
	withFolderLock,
} from "@fl-sim/runs";
import {
	type LoadedScenario,
	locateError,
	type Scenario,
	scenarioHash,
	scenarioSchema,
} from "@fl-sim/scenario";
import { type OpenedClients, openClients } from "./open-clients.ts";
import { playInFolder, type SimulationOptions, type SimulationResult } from "./play-in-folder.ts";
import { recordedParticipation } from "./recorded-participation.ts";
import { runPlanOf } from "./run-plan.ts";
import { snapshotOf } from "./snapshot-state.ts";
import { version } from "./version.ts";

/**
 * Runs a scenario on this machine and keeps it in a new run folder. Everything that can be wrong with the scenario
 * is found before the folder is made.
 *
 * @throws FlSimError; a run that fails keeps its folder and its last checkpoint.
 */
export async function simulate(
	loaded: LoadedScenario,
	options: SimulationOptions = {},
): Promise<SimulationResult> {
	try {
		return await playNew(loaded, options);
	} catch (error) {
		throw locateError(error, loaded);
	}
}

/** A scenario that need not have been read from a file just now. */
type KnownScenario = Omit<LoadedScenario, "written">;

function playNew(known: KnownScenario, options: SimulationOptions): Promise<SimulationResult> {
	const { scenario, baseFolder } = known;
	return withClients(scenario, baseFolder, options, async (prepared) => {
		const { path: folder } = await newFolder(known, prepared.opened, options);
		return await withFolderLock(folder, options.onWarning, () =>
			playInFolder({ ...prepared, scenario, folder, resumeFrom: undefined }, options),
		);
	});
}

/**
 * Goes on with a run from its last valid checkpoint, on the backend it was started with. Ends in the same weights
 * and metrics as a run that was never stopped.
 *
 * @throws FL_RUN_FOLDER, FL_RUN_CHECKPOINT_CORRUPT, FL_RUN_MISMATCH, FL_LOCKED
 */
export async function resume(path: string, options: SimulationOptions = {}): Promise<SimulationResult> {
	const { path: folder } = openRunFolder(path);
	return await withFolderLock(folder, options.onWarning, async () => {
		const { manifest } = openRunFolder(folder);
		const scenario = storedScenario(folder, manifest.scenarioHash);
		const backend = scenarioSchema.shape.backend.parse(manifest.backend?.name ?? scenario.backend);
		return await withClients({ ...scenario, backend }, manifest.baseFolder, options, async (prepared) => {
			const resumeFrom = await rewind(folder, prepared.opened.workers, options);
			return await playInFolder({ ...prepared, scenario, folder, resumeFrom }, options);
		});
	});
}

export interface ReplayResult extends SimulationResult {
	/** What the run ended with that was played again. */
	readonly recorded: Pick<SimulationResult, "weightsSha256" | "bytesUp" | "bytesDown">;
	/** Whether weights and payload bytes are the same. */
	readonly isEqual: boolean;
}

/**
 * Plays a run again on this machine, with the cohorts and the lost clients that it recorded: a run with clients on
 * other machines ends in the same weights, bit for bit, and the same payload bytes. The data of the scenario must be
 * here.
 *
 * @throws FL_RUN_FOLDER, FL_RUN_MISMATCH
 */
export async function replay(path: string, options: SimulationOptions = {}): Promise<ReplayResult> {
	const { manifest } = openRunFolder(path);
	const record = readRun(path);
	if (manifest.weightsSha256 === null) {
		throw new FlSimError("FL_RUN_MISMATCH", `${path}: the run has no final weights to compare with`, {
			fix: "Resume it first.",
		});
	}
	const stored = storedScenario(path, manifest.scenarioHash);
	const backend = scenarioSchema.shape.backend.parse(manifest.backend?.name ?? stored.backend);
	const scenario = { ...stored, backend };
	const plan = {
		...scenario,
		population: scenario.clients.number,
		cohortSize: scenario.clients.perRound,
	};
	const result = await playNew(
		{
			scenario,
			file: manifest.scenarioFile,
			sourceText: record.scenarioText,
			baseFolder: manifest.baseFolder,
		},
		{
			...options,
			async open(...settings) {
				const opened = await openClients(...settings);
				return { ...opened, participation: recordedParticipation(record.events(), plan) };
			},
		},
	);
	const last = record.rounds.at(-1);
	const recorded = {
		weightsSha256: manifest.weightsSha256,
		bytesUp: last?.totalUpBytes ?? 0,
		bytesDown: last?.totalDownBytes ?? 0,
	};
	const isEqual =
		recorded.weightsSha256 === result.weightsSha256 &&
		recorded.bytesUp === result.bytesUp &&
		recorded.bytesDown === result.bytesDown;
	return { ...result, recorded, isEqual };
}

interface Prepared {
	readonly data: FederatedDataDescriptor;
	readonly plan: RunPlan;
	readonly opened: OpenedClients;
}

/** Loads the data and opens the clients at the same time and makes the plan, which covers all that can fail before a run starts. */
async function withClients<Result>(
	scenario: Scenario,
	baseFolder: string,
	options: SimulationOptions,
	use: (prepared: Prepared) => Promise<Result>,
): Promise<Result> {
	const { dataset, partition, clients, seed } = scenario;
	const loading = describeFederatedData({
		dataset,
		partition,
		numClients: clients.number,
		seed,
		baseFolder,
	});
	const opening = (options.open ?? openClients)(scenario, loading, options.workers);
	opening.catch(() => undefined); // awaited below, after the data
	try {
		const data = await loading;
		const plan = runPlanOf(scenario, openFederatedData(data));
		return await use({ data, plan, opened: await opening });
	} finally {
		// Without data there are no clients either, and the failed data are what is told.
		const opened = await opening.catch(() => undefined);
		await opened?.clients[Symbol.asyncDispose]();
	}
}

function newFolder(
	loaded: KnownScenario,
	opened: OpenedClients,
	options: SimulationOptions,
): Promise<RunFolder> {
	const { scenario, file, sourceText, baseFolder } = loaded;
	return createRunFolder({
		root: scenario.output.folder,
		name: scenario.name,
		sourceText,
		resolved: scenario,
		manifest: {
			scenarioFile: file,
			baseFolder,
			scenarioHash: scenarioHash(scenario),
			algorithm: scenario.algorithm.name,
			seed: scenario.seed,
			rounds: scenario.rounds,
			version,
			commandLine: options.commandLine ?? [],
			workers: opened.workers,
			backend: opened.backend,
			participation: opened.participation === undefined ? "drawn" : "given",
		},
	});
}

/** Cuts a run folder back to its last valid checkpoint; undefined when it has none and starts anew. */
async function rewind(
	folder: string,
	workers: number,
	options: SimulationOptions,
): Promise<RunSnapshot | undefined> {
	const checkpoint = await readLatestCheckpoint(folder);
	const resumeFrom = checkpoint === undefined ? undefined : snapshotOf(checkpoint);
	const afterRound = checkpoint?.round ?? 0;
	const { warnings } = await truncateToRound(folder, afterRound);
	for (const warning of [...(checkpoint?.warnings ?? []), ...warnings]) options.onWarning?.(warning);
	const { resumes } = openRunFolder(folder).manifest;
	await updateManifest(folder, {
		status: "running",
		workers,
		endedAt: null,
		error: null,
		resumes: [...resumes, { afterRound, at: new Date().toISOString() }],
	});
	return resumeFrom;
}

function storedScenario(folder: string, expectedHash: string): Scenario {
	const parsed = scenarioSchema.safeParse(readRun(folder).scenario);
	if (parsed.success && scenarioHash(parsed.data) === expectedHash) return parsed.data;
	throw new FlSimError(
		"FL_RUN_MISMATCH",
		`${folder}: its resolved.yaml is not the scenario that the run was started with`,
		{ fix: "Restore resolved.yaml, resume with the version that wrote the run, or run the scenario again." },
	);
}

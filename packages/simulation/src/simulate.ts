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
	const { scenario, baseFolder } = loaded;
	try {
		return await withClients(scenario, baseFolder, options, async (prepared) => {
			const { path: folder } = await newFolder(loaded, prepared.opened, options);
			return await playInFolder({ ...prepared, scenario, folder, resumeFrom: undefined }, options);
		});
	} catch (error) {
		throw locateError(error, loaded);
	}
}

/**
 * Goes on with a run from its last valid checkpoint, on the backend it was started with. Ends in the same weights
 * and metrics as a run that was never stopped.
 *
 * @throws FL_RUN_FOLDER, FL_RUN_CHECKPOINT_CORRUPT, FL_RUN_MISMATCH
 */
export async function resume(path: string, options: SimulationOptions = {}): Promise<SimulationResult> {
	const { manifest, path: folder } = openRunFolder(path);
	const scenario = storedScenario(folder, manifest.scenarioHash);
	const backend = scenarioSchema.shape.backend.parse(manifest.backend?.name ?? scenario.backend);
	return await withClients({ ...scenario, backend }, manifest.baseFolder, options, async (prepared) => {
		const resumeFrom = await rewind(folder, prepared.opened.workers, options);
		return await playInFolder({ ...prepared, scenario, folder, resumeFrom }, options);
	});
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
	loaded: LoadedScenario,
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

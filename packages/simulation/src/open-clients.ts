import { availableParallelism } from "node:os";
import { chooseBackend } from "@fl-sim/compute";
import type { FederatedDataDescriptor } from "@fl-sim/data";
import type { Participation } from "@fl-sim/engine";
import {
	inProcessClients,
	type ReachableClients,
	type SimulatedClients,
	workerPoolClients,
} from "@fl-sim/links";
import type { BackendRecord } from "@fl-sim/runs";
import type { Scenario } from "@fl-sim/scenario";
import { type ClientPlaceSettings, createClientPlace } from "./client-place.ts";

/** How the clients of a scenario are reached, and who of them takes part. */
export interface OpenedClients {
	readonly clients: ReachableClients;
	/** Drawn from the seed, unless given. */
	readonly participation?: Participation;
	readonly backend: BackendRecord;
	/** Worker threads; 0 when clients are played in this thread. */
	readonly workers: number;
	/** What the user should know of how clients are played, a sentence each. */
	readonly notes: readonly string[];
}

/** Makes the clients of a scenario reachable, while its data are being loaded. */
export type OpenClients = (
	scenario: Scenario,
	data: Promise<FederatedDataDescriptor>,
	requestedWorkers: number | undefined,
) => Promise<OpenedClients>;

/**
 * Opens the scenario's backend and makes its clients reachable: in worker threads, as many as the machine has
 * cores unless told otherwise, or in this thread with 0 workers and with the native backend, which brings its own
 * threads.
 *
 * Threads start before the data are there.
 *
 * @throws FL_BACKEND_UNAVAILABLE, FL_MODEL_SHAPE, FL_WORKER_FAILED; what `data` fails with
 */
export async function openClients(
	scenario: Scenario,
	data: Promise<FederatedDataDescriptor>,
	requested: number | undefined,
): Promise<OpenedClients & { readonly clients: SimulatedClients }> {
	const { name, version, notChosen } = await chooseBackend(scenario.backend);
	const settings = data.then((loaded): ClientPlaceSettings => ({ scenario, data: loaded, backend: name }));
	const isNative = name === "tensorflow" || name === "tensorflow-gpu";
	const workers = isNative ? 0 : (requested ?? availableParallelism());
	const clients =
		workers === 0
			? inProcessClients(await createClientPlace(await settings))
			: await workerPoolClients(
					{
						module: new URL("./client-place.ts", import.meta.url).href,
						preparation: { backend: name },
						settings,
					},
					workers,
				);
	return {
		clients,
		backend: { name, version, notChosen },
		workers,
		notes: [...clients.notes, ...ignored(workers, requested)],
	};
}

function ignored(workers: number, requested: number | undefined): string[] {
	return requested === undefined || requested === workers
		? []
		: [
				`${requested} workers were asked for; TensorFlow's native library plays clients in one thread, with threads of its own`,
			];
}

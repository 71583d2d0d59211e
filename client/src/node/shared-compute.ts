import { allBackends, type BackendName, chooseBackend } from "@fl-sim/compute";
import { FlSimError, visibleText } from "@fl-sim/core";
import type { DataShape } from "@fl-sim/protocol";
import { type Scenario, scenarioSchema } from "@fl-sim/scenario";
import type { Assignment, Compute, ComputePlace, SessionLog } from "../session/index.ts";
import { checkDataShape } from "./check-data-shape.ts";
import { type DataChoice, describeClientData } from "./client-data.ts";
import type { MemoryLimit } from "./memory-limit.ts";
import { SharedPlace } from "./shared-place.ts";

export interface ComputeSettings {
	readonly data: DataChoice;
	/** Worker threads. */
	readonly workers: number;
	/** The only one to compute with, if the user named one. */
	readonly backend: BackendName | undefined;
	readonly memory: MemoryLimit;
	readonly log: SessionLog;
}

/**
 * Backends that play clients in worker threads: the others block the thread on which sessions run, and with it their
 * signs of life.
 */
const threadedBackends = ["onnxruntime", "wasm", "cpu"] as const;

/**
 * Computes for all clients of this process: data, model and worker threads are opened once for each scenario.
 *
 * @throws FL_BACKEND_UNAVAILABLE when the named backend does not work here.
 */
export async function sharedCompute(settings: ComputeSettings): Promise<Compute> {
	const { backend } = settings;
	if (backend !== undefined) await chooseBackend(backend);
	const backends = backend === undefined ? await workingBackends() : [backend];
	const places = new Map<string, { readonly opening: Promise<SharedPlace>; users: number }>();

	async function open({ client, scenario, backend, data }: Assignment): Promise<ComputePlace> {
		const key = JSON.stringify([{ ...scenario, backend }, data]);
		const entry = places.get(key) ?? {
			opening: openPlace({ ...parseScenario(scenario), backend: backendNamed(backend) }, data, settings),
			users: 0,
		};
		places.set(key, entry);
		entry.users += 1;
		const release = async (): Promise<void> => {
			entry.users -= 1;
			if (entry.users > 0) return;
			places.delete(key);
			await (await entry.opening)[Symbol.asyncDispose]();
		};
		try {
			return (await entry.opening).forClient(client, release);
		} catch (error) {
			places.delete(key);
			throw error;
		}
	}

	return { backends, open };
}

async function workingBackends(): Promise<readonly BackendName[]> {
	const found = await Promise.allSettled(threadedBackends.map((name) => chooseBackend(name)));
	return found.flatMap((choice) => (choice.status === "fulfilled" ? [choice.value.name] : []));
}

async function openPlace(
	scenario: Scenario,
	expected: DataShape,
	settings: ComputeSettings,
): Promise<SharedPlace> {
	const { data, workers, memory, log } = settings;
	log.info({ dataset: scenario.dataset.name, backend: scenario.backend }, "opening data and model");
	const described = await describeClientData(scenario, data);
	checkDataShape(described.centralTest, expected, data.folder ?? `the data set ${scenario.dataset.name}`);
	const place = await SharedPlace.open(scenario, described, { workers, memory });
	for (const note of place.notes) log.warn({}, note);
	return place;
}

/** A server of another version may have fields that are not known here. */
function parseScenario(scenario: unknown): Scenario {
	const parsed = scenarioSchema.safeParse(scenario);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	const place = issue === undefined || issue.path.length === 0 ? "the scenario" : issue.path.join(".");
	throw new FlSimError(
		"FL_SCENARIO_INVALID",
		visibleText(`the server's scenario is none that this client knows: ${place}: ${issue?.message}`),
		{ fix: "Use the same version of fl-sim at both ends." },
	);
}

function backendNamed(name: string): BackendName {
	const found = allBackends.find((backend) => backend === name);
	if (found !== undefined) return found;
	throw new FlSimError(
		"FL_BACKEND_UNAVAILABLE",
		visibleText(`the server's run computes on the unknown backend ${name}`),
		{
			fix: "Use the same version of fl-sim at both ends.",
		},
	);
}

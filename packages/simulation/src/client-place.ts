import { algorithms, compress } from "@fl-sim/algorithms";
import { type Backend, type BackendName, type ComputeModel, createModel, openBackend } from "@fl-sim/compute";
import { type AnyAlgorithm, FlSimError } from "@fl-sim/core";
import { type FederatedDataDescriptor, openFederatedData } from "@fl-sim/data";
import { createClientHost, runEvaluationJob } from "@fl-sim/engine";
import type { ClientPlace } from "@fl-sim/links";
import type { Scenario } from "@fl-sim/scenario";
import { roundEvaluationOf, roundTrainingOf } from "./round-training.ts";

/** What a thread needs to play the clients of a scenario; crosses threads, data sets in shared memory. */
export interface ClientPlaceSettings {
	readonly scenario: Scenario;
	readonly data: FederatedDataDescriptor;
	readonly backend: BackendName;
}

/** Opens the backend while data are still being loaded. */
export function prepareClientPlace({ backend }: Pick<ClientPlaceSettings, "backend">): Promise<Backend> {
	return openBackend(backend);
}

/** Opens the model and the data in this thread, and the backend unless it is prepared. Worker threads import this module. */
export async function createClientPlace(
	settings: ClientPlaceSettings,
	prepared?: Backend,
): Promise<ClientPlace> {
	const { scenario } = settings;
	const dataset = openFederatedData(settings.data);
	const backend = prepared ?? (await prepareClientPlace(settings));
	const model = createModel(backend, scenario.model, dataset.featureShape, dataset.numClasses);
	const host = createClientHost({
		algorithm: algorithmOf(scenario),
		options: scenario.algorithm,
		model,
		dataset,
		seed: scenario.seed,
		training: roundTrainingOf(scenario),
		evaluation: roundEvaluationOf(scenario),
	});
	const place = { model, dataset, batchSize: scenario.evaluation.batchSize };
	return {
		host,
		evaluate: (params, job) => runEvaluationJob(place, params, job),
		notes: notesOn(model, scenario), // compiles, so the memory is known afterwards
		stepBytes: backend.compiler?.memory.usedBytes ?? 0,
	};
}

/** Compiles the model for the usual batches and tells what could not be compiled. */
function notesOn(model: ComputeModel, { clients, evaluation }: Scenario): string[] {
	const sizes = {
		training: clients.batchSize === "all" ? undefined : clients.batchSize,
		evaluation: evaluation.batchSize,
	};
	return (["training", "evaluation"] as const).flatMap((kind) => {
		const size = sizes[kind];
		const reason = size === undefined ? undefined : model.whyNotCompiled(kind, size);
		return reason === undefined
			? []
			: [`${kind} is not compiled and takes longer: there is no compiled form of ${reason}`];
	});
}

/** The scenario's method, compression included. */
export function algorithmOf({ algorithm: { name }, compression }: Scenario): AnyAlgorithm {
	const algorithm = algorithms[name];
	if (algorithm === undefined) throw new FlSimError("FL_SCENARIO_INVALID", `there is no algorithm ${name}`);
	return compression === undefined ? algorithm : compress(algorithm, compression);
}

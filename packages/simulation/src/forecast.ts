import { availableParallelism } from "node:os";
import { describeModel } from "@fl-sim/compute/options";
import {
	type Examples,
	type FieldKind,
	type FieldValue,
	type Layout,
	numLocalSteps,
	type PayloadSpec,
} from "@fl-sim/core";
import { describeFederatedData, type FederatedDataDescriptor, openFederatedData } from "@fl-sim/data";
import { type LoadedScenario, locateError, type Scenario } from "@fl-sim/scenario";
import { encodePayload } from "@fl-sim/wire";
import { algorithmOf } from "./client-place.ts";
import { roundTrainingOf } from "./round-training.ts";

/** What a scenario will do, told before it is done. */
export interface Forecast {
	readonly clients: number;
	readonly cohort: number;
	readonly rounds: number;
	readonly examplesPerClient: { readonly min: number; readonly median: number; readonly max: number };
	readonly testExamples: number;
	readonly model: string;
	readonly parameters: number;
	/** Local steps of one client in one round. */
	readonly stepsPerClient: { readonly min: number; readonly median: number; readonly max: number };
	/** Expected local steps of the whole run, over all clients. */
	readonly totalSteps: number;
	/** Expected floating-point operations of the local training of the whole run; backward counts twice forward. */
	readonly totalFlops: number;
	/** Payload bytes of a round in which nobody is lost, as encoded. */
	readonly downBytesPerRound: number;
	readonly upBytesPerRound: number;
	readonly totalBytes: number;
	/** Whether some payloads may turn out shorter. */
	readonly bytesAreAtMost: boolean;
	readonly memory: {
		/** The data set in shared memory, one copy. */
		readonly dataBytes: number;
		/** Parameter vectors: the server's, and those that each worker trains with. */
		readonly parameterBytes: number;
	};
}

/**
 * Foretells a run from its data and its model, without training. Loads the data; opens no backend.
 *
 * @throws as `simulate` does before a run starts.
 */
export async function forecast(loaded: LoadedScenario): Promise<Forecast> {
	const { scenario, baseFolder } = loaded;
	const { dataset, partition, clients, seed } = scenario;
	try {
		const data = await describeFederatedData({
			dataset,
			partition,
			numClients: clients.number,
			seed,
			baseFolder,
		});
		return forecastOf(scenario, data);
	} catch (error) {
		throw locateError(error, loaded);
	}
}

function forecastOf(scenario: Scenario, data: FederatedDataDescriptor): Forecast {
	const federated = openFederatedData(data);
	const { clients, rounds } = scenario;
	const model = describeModel(scenario.model, federated.featureShape, federated.numClasses);
	const training = { ...roundTrainingOf(scenario)(1), workFraction: 1 };
	const sizes = Float64Array.from({ length: clients.number }, (_, client) =>
		federated.numTrainExamples(client),
	);
	const steps = sizes.map((size) => numLocalSteps(training, size));
	const examplesSeen = sizes.map((size, client) => {
		const perStep = training.batchSize === "all" ? size : Math.min(training.batchSize, size);
		return "epochs" in training.amount ? size * training.amount.epochs : (steps[client] as number) * perStep;
	});
	const played = clients.perRound * rounds;
	const { down, up, areAtMost } = payloadBytes(scenario, model.layout);
	return {
		clients: clients.number,
		cohort: clients.perRound,
		rounds,
		examplesPerClient: spreadOf(sizes),
		testExamples: federated.centralTest.indices.length,
		model: model.name,
		parameters: model.layout.size,
		stepsPerClient: spreadOf(steps),
		totalSteps: Math.round(played * meanOf(steps)),
		totalFlops: played * meanOf(examplesSeen) * model.forwardMultiplyAdds * 2 * 3,
		downBytesPerRound: down * clients.perRound,
		upBytesPerRound: up * clients.perRound,
		totalBytes: (down + up) * played,
		bytesAreAtMost: areAtMost,
		memory: { dataBytes: dataBytesOf(data), parameterBytes: 4 * model.layout.size * vectorsHeld(scenario) },
	};
}

/** Bytes of one client's payloads in a round: zeros are encoded and measured, fields without a fixed size at their longest. */
function payloadBytes(
	scenario: Scenario,
	layout: Layout,
): { readonly down: number; readonly up: number; readonly areAtMost: boolean } {
	const shape = { layout, options: scenario.algorithm };
	const bytesOf = (spec: PayloadSpec): number => {
		const zeros = Object.entries(spec).map(
			([name, kind]) => [name, longestZeros(kind, layout.size)] as const,
		);
		return encodePayload(spec, layout.size, Object.fromEntries(zeros)).byteLength;
	};
	const tasks = Object.values(algorithmOf(scenario).tasks).filter(
		({ onlyObserves }) => onlyObserves !== true,
	);
	const downs = tasks.map((task) => task.down(shape));
	const ups = tasks.map((task) => task.up(shape));
	return {
		down: downs.reduce((sum, spec) => sum + bytesOf(spec), 0),
		up: ups.reduce((sum, spec) => sum + bytesOf(spec), 0),
		areAtMost: [...downs, ...ups].some((spec) => Object.values(spec).some(({ kind }) => kind === "bytes")),
	};
}

function longestZeros(kind: FieldKind, layoutSize: number): FieldValue {
	switch (kind.kind) {
		case "vector":
			return new Float32Array(layoutSize);
		case "floats":
			return new Float32Array(kind.length);
		case "bits":
			return new Uint8Array(Math.ceil(kind.length / 8));
		case "bytes":
			return new Uint8Array(kind.atMost);
		case "uint32":
		case "exampleCount":
		case "float64":
			return 0;
	}
}

/** Per worker: parameters, gradient, delta and the optimizer's; on the server: model, payload and two float64 sums. */
function vectorsHeld({ clients: { optimizer } }: Scenario): number {
	const optimizerVectors = optimizer.name === "adam" ? 2 : optimizer.momentum > 0 ? 1 : 0;
	return availableParallelism() * (3 + optimizerVectors) + 6;
}

function dataBytesOf(data: FederatedDataDescriptor): number {
	const own = bytesOfExamples(data.centralTest);
	return data.kind === "owned" ? own : own + bytesOfExamples(data.train);
}

function bytesOfExamples({ features, labels }: Examples): number {
	return features.values.byteLength + labels.byteLength;
}

function spreadOf(values: Float64Array): { min: number; median: number; max: number } {
	const sorted = values.toSorted();
	const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
	return { min: at(0), median: at(0.5), max: at(1) };
}

function meanOf(values: Float64Array): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

import {
	type Examples,
	type FederatedDataset,
	layoutOf,
	type Model,
	positionsOf,
	type Vector,
} from "@fl-sim/core";

/** A client whose examples all lie at `center`: its loss is half the squared distance to it. */
export interface QuadraticClient {
	readonly center: readonly number[];
	readonly numExamples: number;
}

/** A federated problem with a solution on paper: the mean of the centers, weighted by numbers of examples. */
export interface QuadraticProblem {
	readonly dataset: FederatedDataset;
	readonly model: Model;
	/** Minimum of the weighted mean of the clients' losses, `[d]`. */
	readonly solution: Vector;
}

/** Clients with the losses (1/2) ||w - center||^2, all starting from w = 0. */
export function quadraticProblem(clients: readonly QuadraticClient[]): QuadraticProblem {
	const size = clients[0]?.center.length ?? 0;
	const numExamples = clients.reduce((sum, client) => sum + client.numExamples, 0);
	const viewOf = (client: QuadraticClient, count: number) => ({
		examples: repeated(client.center, count),
		indices: positionsOf(count),
	});
	const weightedSum = (i: number): number =>
		clients.reduce((sum, client) => sum + client.numExamples * (client.center[i] as number), 0);
	const solution = Float32Array.from({ length: size }, (_, i) => weightedSum(i) / numExamples);
	return {
		dataset: {
			numClients: clients.length,
			featureShape: [size],
			numClasses: 1,
			numTrainExamples: (client) => clients[client]?.numExamples ?? 0,
			client(index) {
				const client = clients[index] as QuadraticClient;
				return {
					train: viewOf(client, client.numExamples),
					validation: viewOf(client, 0),
					test: viewOf(client, 1),
				};
			},
			centralTest: viewOf({ center: [...solution], numExamples: 1 }, 1),
		},
		model: quadraticModel(size),
		solution,
	};
}

function repeated(center: readonly number[], count: number): Examples {
	const values = Float32Array.from(
		{ length: count * center.length },
		(_, i) => center[i % center.length] ?? 0,
	);
	return {
		numExamples: count,
		featureShape: [center.length],
		features: { kind: "floats", values },
		labels: new Int32Array(count),
		numClasses: 1,
	};
}

/** Half the squared distance between the parameters and an example, `[size]` both. */
function quadraticModel(size: number): Model {
	const layout = layoutOf([{ name: "point.weight", shape: [size], layer: "point", kind: "weight" }]);
	const halfSquare = (params: Vector, features: Float32Array): number =>
		features.reduce((sum, x, i) => sum + ((params[i % size] as number) - x) ** 2 / 2, 0);
	return {
		layout,
		init: () => new Float32Array(size),
		lossAndGradient(params, { features, size: batchSize }, gradient) {
			const sums = new Float64Array(size);
			for (let i = 0; i < batchSize * size; i++) {
				const difference = (params[i % size] as number) - (features[i] as number);
				sums[i % size] = (sums[i % size] as number) + difference / batchSize;
			}
			gradient.set(sums);
			return halfSquare(params, features.subarray(0, batchSize * size)) / batchSize;
		},
		evaluate: (params, { features, size: batchSize }) => ({
			lossSum: halfSquare(params, features.subarray(0, batchSize * size)),
			numCorrect: 0,
			numExamples: batchSize,
		}),
	};
}

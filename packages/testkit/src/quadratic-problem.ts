import {
	type Batch,
	type Examples,
	type FederatedDataset,
	layoutOf,
	type Model,
	positionsOf,
	type Vector,
} from "@fl-sim/core";

/** A client whose examples are all the same: its loss is the sum of (curvature / 2) (w - center)^2 over coordinates. */
export interface QuadraticClient {
	readonly center: readonly number[];
	/** One for each coordinate; 1 everywhere if left out. */
	readonly curvature?: readonly number[];
	readonly numExamples: number;
}

/** A federated problem with a solution on paper: the mean of the centers, weighted by examples and curvatures. */
export interface QuadraticProblem {
	readonly dataset: FederatedDataset;
	readonly model: Model;
	/** Minimum of the weighted mean of the clients' losses, `[d]`. */
	readonly solution: Vector;
}

/** Clients with quadratic losses, all starting from w = 0. An example is a center followed by its curvatures. */
export function quadraticProblem(clients: readonly QuadraticClient[]): QuadraticProblem {
	const size = clients[0]?.center.length ?? 0;
	const curvatureOf = (client: QuadraticClient, i: number): number => client.curvature?.[i] ?? 1;
	const viewOf = (client: QuadraticClient, count: number) => ({
		examples: repeated([...client.center, ...client.center.map((_, i) => curvatureOf(client, i))], count),
		indices: positionsOf(count),
	});
	const weightOf = (client: QuadraticClient, i: number): number =>
		client.numExamples * curvatureOf(client, i);
	const solution = Float32Array.from({ length: size }, (_, i) => {
		const total = clients.reduce((sum, client) => sum + weightOf(client, i), 0);
		return (
			clients.reduce((sum, client) => sum + weightOf(client, i) * (client.center[i] as number), 0) / total
		);
	});
	return {
		dataset: {
			numClients: clients.length,
			featureShape: [2 * size],
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

function repeated(row: readonly number[], count: number): Examples {
	const values = Float32Array.from({ length: count * row.length }, (_, i) => row[i % row.length] ?? 0);
	return {
		numExamples: count,
		featureShape: [row.length],
		features: { kind: "floats", values },
		labels: new Int32Array(count),
		numClasses: 1,
	};
}

/** Half the squared distance between the parameters and an example's center, `[size]` both, times its curvatures. */
function quadraticModel(size: number): Model {
	const layout = layoutOf([{ name: "point.weight", shape: [size], layer: "point", kind: "weight" }]);

	/** Sum over the batch of the losses; their gradients are added to `gradient`. */
	function addUp(params: Vector, { features, size: batchSize }: Batch, gradient: Float64Array): number {
		let lossSum = 0;
		for (let k = 0; k < batchSize * size; k++) {
			const i = k % size;
			const center = 2 * (k - i) + i;
			const difference = (params[i] as number) - (features[center] as number);
			const slope = (features[center + size] as number) * difference;
			gradient[i] = (gradient[i] as number) + slope;
			lossSum += (slope * difference) / 2;
		}
		return lossSum;
	}

	return {
		layout,
		init: () => new Float32Array(size),
		lossAndGradient(params, batch, gradient) {
			const sums = new Float64Array(size);
			const lossSum = addUp(params, batch, sums);
			gradient.set(sums.map((sum) => sum / batch.size));
			return lossSum / batch.size;
		},
		evaluate: (params, batch) => ({
			lossSum: addUp(params, batch, new Float64Array(size)),
			numCorrect: 0,
			numExamples: batch.size,
		}),
	};
}

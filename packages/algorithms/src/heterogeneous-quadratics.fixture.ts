import { type AnyAlgorithm, type StateValue, type Vector, zeros } from "@fl-sim/core";
import { type PlayedRun, playRun, type QuadraticClient, quadraticProblem } from "@fl-sim/testkit";
import fc from "fast-check";

/** Clients of equal sizes, centers and curvatures apart: with many local steps, FedAvg ends beside the minimum. */
export const opposedClients: readonly QuadraticClient[] = [
	{ center: [4, 0], curvature: [1, 0.2], numExamples: 2 },
	{ center: [0, 4], curvature: [0.1, 1], numExamples: 2 },
	{ center: [-2, -2], curvature: [0.4, 0.5], numExamples: 2 },
	{ center: [1, -3], curvature: [0.3, 0.1], numExamples: 2 },
];

const coordinate = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const randomClient: fc.Arbitrary<QuadraticClient> = fc.record({
	center: fc.tuple(coordinate(-4, 4), coordinate(-4, 4)),
	curvature: fc.tuple(coordinate(0.1, 1), coordinate(0.1, 1)),
	numExamples: fc.constant(2),
});

/** Two to five clients of equal sizes, and how many of them take part in a round. */
export const randomPopulation = fc
	.array(randomClient, { minLength: 2, maxLength: 5 })
	.chain((clients) => fc.record({ clients: fc.constant(clients), cohortSize: fc.nat(clients.length - 1) }))
	.map(({ clients, cohortSize }) => ({ clients, cohortSize: cohortSize + 1 }));

/** Gradient of a client's loss at `w`, `[d]`. */
export function gradientAt(w: Vector, { center, curvature }: QuadraticClient): Vector {
	return w.map((value, i) => (curvature?.[i] ?? 1) * (value - (center[i] as number)));
}

/** Mean of the states of all clients, `[2]`; those that have not taken part yet count as 0. */
export function meanState(states: ReadonlyMap<number, Vector>, numClients: number): Vector {
	return zeros(2).map((_, i) => {
		let sum = 0;
		for (const state of states.values()) sum += state[i] as number;
		return sum / numClients;
	});
}

export interface QuadraticRun {
	readonly clients?: readonly QuadraticClient[];
	readonly rounds: number;
	readonly cohortSize?: number;
	readonly localSteps?: number;
	readonly momentum?: number;
	readonly start?: Vector;
	/** States of server and clients to go on from, instead of the initial ones. */
	readonly from?: {
		readonly server: StateValue;
		readonly clients: readonly (readonly [number, StateValue])[];
	};
}

export const learningRate = 0.1;

/** Full-batch gradient descent on the clients' quadratics, ten steps a round and everybody taking part if not said. */
export function playQuadratics(
	algorithm: AnyAlgorithm,
	options: unknown,
	{ clients = opposedClients, rounds, ...run }: QuadraticRun,
): Promise<PlayedRun> {
	const totals = { downBytes: 0, upBytes: 0, simulatedSeconds: 0, wallSeconds: 0 };
	const optimizer = { name: "sgd", momentum: run.momentum ?? 0, nesterov: false, weightDecay: 0 } as const;
	return playRun({
		algorithm,
		options,
		problem: quadraticProblem(clients),
		plan: {
			rounds,
			cohortSize: run.cohortSize ?? clients.length,
			initialParams: run.start ?? zeros(2),
			evaluation: { every: rounds, clients: 0, clientsEvery: 1, batchSize: 1 },
			training: () => ({
				amount: { steps: run.localSteps ?? 10 },
				batchSize: "all",
				optimizer,
				learningRate,
				clipNorm: undefined,
			}),
		},
		resumeFrom: run.from && { round: 0, totals, ...run.from },
	});
}

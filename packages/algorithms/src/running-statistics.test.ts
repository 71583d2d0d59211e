import { layoutOf, type Model, type Vector } from "@fl-sim/core";
import { playRun, quadraticProblem } from "@fl-sim/testkit";
import { expect, test } from "vitest";
import { algorithms } from "./registry.ts";

// Sizes are equal, so that every method weighs clients alike.
const problem = quadraticProblem([
	{ center: [4, 0], numExamples: 2 },
	{ center: [0, 4], numExamples: 2 },
	{ center: [-2, -3], numExamples: 2 },
]);
const steps = 5;
const rounds = 3;

/** The quadratic model with a running mean of the batches' first coordinates behind its two weights. */
const model: Model = {
	...problem.model,
	layout: layoutOf([
		{ name: "point.weight", shape: [2], layer: "point", kind: "weight" },
		{ name: "point.mean", shape: [1], layer: "point", kind: "buffer" },
	]),
	init: () => new Float32Array(3),
	lossAndGradient(params, batch, gradient) {
		params[2] = 0.5 * (params[2] as number) + 0.5 * (batch.features[0] as number);
		gradient[2] = 0;
		return problem.model.lossAndGradient(params.subarray(0, 2), batch, gradient.subarray(0, 2));
	},
	evaluate: (params, batch) => problem.model.evaluate(params.subarray(0, 2), batch),
};

/** The running mean of the server after `rounds` rounds, on paper: no method does anything to it but averaging. */
function expectedMean(): number {
	let mean = 0;
	for (let round = 0; round < rounds; round++) {
		const ofClients = [4, 0, -2].map((center) => {
			let own = mean;
			for (let step = 0; step < steps; step++) own = 0.5 * own + 0.5 * center;
			return own;
		});
		mean = ofClients.reduce((sum, own) => sum + own / 3, 0);
	}
	return mean;
}

/** Methods whose clients all use the global model; what others do with statistics is their own affair. */
const global = Object.values(algorithms).filter((each) => each.sendForEvaluation === undefined);

test.each(global.map(({ name }) => name))(
	"%s averages running statistics and never corrects them",
	async (name) => {
		const { outcome, snapshots } = await playRun({
			algorithm: algorithms[name] as (typeof algorithms)[string],
			options: { name },
			problem: { ...problem, model },
			plan: {
				rounds,
				cohortSize: 3,
				evaluation: { every: 1, clients: 0, clientsEvery: 1, batchSize: 1 },
				training: () => ({
					amount: { steps },
					batchSize: 1,
					optimizer: { name: "sgd", momentum: 0, nesterov: false, weightDecay: 0 },
					learningRate: 0.1,
					clipNorm: undefined,
				}),
			},
		});
		expect(outcome.params[2]).toBeCloseTo(expectedMean(), 5);
		const states = snapshots.at(-1)?.clients as readonly [number, Vector | null][];
		expect(states).toHaveLength(3);
		for (const [, state] of states) expect(state === null ? 0 : state[2]).toBe(0);
	},
);

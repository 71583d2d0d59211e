import { layoutOf, type Model, randomStream, type Vector } from "@fl-sim/core";
import { layeredBlobs, type PlayProblem, playRun, quadraticProblem } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import { expect, test } from "vitest";
import { fedavg } from "../fedavg/fedavg.ts";
import { fedbn } from "./fedbn.ts";

const options = { name: "fedbn" };
const problem = layeredBlobs();

testAlgorithmLaws(fedbn, options, problem);

/** Hidden layer 0 .. 16, normalization 16 .. 24, output layer 24 .. 39. */
const norm = [16, 24] as const;

test("all layers but the normalization travel: 4 bytes for each of their parameters, each way", async () => {
	const { outcome } = await playRun({
		algorithm: fedbn,
		options,
		problem,
		plan: { rounds: 2, cohortSize: 3 },
	});
	const shared = problem.model.layout.size - 8;
	expect(outcome.totals).toMatchObject({
		downBytes: 2 * 3 * 4 * shared,
		upBytes: 2 * 3 * (4 * shared + 4),
	});
});

test("in round 1 the shared layers become FedAvg's, the global normalization stays the initial one", async () => {
	const initialParams = problem.model.init(randomStream(1, "model"));
	const plan = { rounds: 1, cohortSize: 7, initialParams };
	const { outcome } = await playRun({ algorithm: fedbn, options, problem, plan });
	const plain = await playRun({ algorithm: fedavg, options: { name: "fedavg" }, problem, plan });
	const expected = plain.outcome.params.slice();
	expect(expected.subarray(...norm)).not.toEqual(initialParams.subarray(...norm));
	expected.set(initialParams.subarray(...norm), norm[0]);
	expect(outcome.params).toEqual(expected);
});

test("each client has scales and shifts of its own, which its training has moved", async () => {
	const plan = { rounds: 1, cohortSize: 7 };
	const { snapshots } = await playRun({ algorithm: fedbn, options, problem, plan });
	const states = (snapshots[0]?.clients ?? []) as readonly [number, Vector][];
	expect(states).toHaveLength(7);
	expect(new Set(states.map(([, state]) => state.join())).size).toBe(7);
	for (const [, state] of states) expect(state).toHaveLength(8);
});

/** Two weights, then a layer with nothing but a running mean of the batches' first coordinates. */
function withRunningMean(): PlayProblem {
	const quadratic = quadraticProblem([
		{ center: [4, 0], numExamples: 2 },
		{ center: [0, 4], numExamples: 2 },
	]);
	const model: Model = {
		...quadratic.model,
		layout: layoutOf([
			{ name: "point.weight", shape: [2], layer: "point", kind: "weight" },
			{ name: "norm.mean", shape: [1], layer: "norm", kind: "buffer" },
		]),
		init: () => new Float32Array(3),
		lossAndGradient(params, batch, gradient) {
			params[2] = 0.5 * (params[2] as number) + 0.5 * (batch.features[0] as number);
			gradient[2] = 0;
			return quadratic.model.lossAndGradient(params.subarray(0, 2), batch, gradient.subarray(0, 2));
		},
		evaluate: (params, batch) => quadratic.model.evaluate(params.subarray(0, 2), batch),
	};
	return { ...quadratic, model };
}

test("running statistics stay with their client and go on from round to round", async () => {
	const evaluation = { every: 1, clients: 0, clientsEvery: 1, batchSize: 1 };
	const plan = { rounds: 2, cohortSize: 2, initialParams: new Float32Array(3), evaluation };
	const { outcome, snapshots } = await playRun({
		algorithm: fedbn,
		options,
		problem: withRunningMean(),
		plan,
	});
	// Two epochs of one mini-batch in each of two rounds: 4 (1 - 2^-4).
	expect(snapshots.at(-1)?.clients).toEqual([
		[0, Float32Array.of(3.75)],
		[1, Float32Array.of(0)],
	]);
	expect(outcome.params[2]).toBe(0);
	expect(outcome.totals.downBytes).toBe(2 * 2 * 8);
});

test("a model without normalization is refused before the first round, with the layers it has", async () => {
	const run = playRun({ algorithm: fedbn, options });
	await expect(run).rejects.toMatchObject({
		code: "FL_SCENARIO_INVALID",
		message:
			"algorithm.name: fedbn leaves the normalization layers with their clients, expected a model with at least one, found the layers dense",
		fix: "Set model to one that normalizes, { name: resnet8, norm: batch } for instance, or algorithm.name to fedavg.",
	});
});

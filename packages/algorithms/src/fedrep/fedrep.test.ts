import { randomStream, type StateValue, type Vector } from "@fl-sim/core";
import { layeredBlobs, playRun } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import { expect, test } from "vitest";
import { everybody, ofType } from "../client-events.fixture.ts";
import { fedavg } from "../fedavg/fedavg.ts";
import { fedrep } from "./fedrep.ts";

const problem = layeredBlobs();
const withEpochs = (headEpochs: number, bodyEpochs: number) => ({
	algorithm: fedrep,
	options: { name: "fedrep", headEpochs, bodyEpochs },
	problem,
});

testAlgorithmLaws(fedrep, { name: "fedrep", headEpochs: 2 }, problem);

/** Scalars below the last layer. */
const body = 24;
const initialParams = problem.model.init(randomStream(1, "model"));
const oneRound = { rounds: 1, cohortSize: 7, initialParams, evaluation: everybody };
const headsOf = (snapshot: { readonly clients: StateValue } | undefined) =>
	new Map(snapshot?.clients as readonly [number, Vector][]);

test("only the representation travels: 4 bytes for each of its parameters, each way", async () => {
	const { outcome } = await playRun({ ...withEpochs(1, 1), plan: { rounds: 2, cohortSize: 3 } });
	expect(outcome.totals).toMatchObject({ downBytes: 2 * 3 * 4 * body, upBytes: 2 * 3 * (4 * body + 4) });
});

test("the head is trained first, and stays while the body is trained", async () => {
	const heads = headsOf((await playRun({ ...withEpochs(3, 0), plan: oneRound })).snapshots[0]);
	const both = headsOf((await playRun({ ...withEpochs(3, 2), plan: oneRound })).snapshots[0]);
	expect(both).toEqual(heads);
	const initialHead = headsOf((await playRun({ ...withEpochs(0, 2), plan: oneRound })).snapshots[0]);
	expect(new Set([...initialHead.values()].map(String)).size).toBe(1);
	expect(new Set([...heads.values()].map(String)).size).toBe(7);
});

test("training the head leaves the body as it was", async () => {
	const { outcome } = await playRun({ ...withEpochs(3, 0), plan: oneRound });
	expect(outcome.params).toEqual(initialParams);
});

test("the body is trained under the head that the client has just trained", async () => {
	const under = async (headEpochs: number) =>
		(await playRun({ ...withEpochs(headEpochs, 1), plan: oneRound })).outcome.params.subarray(0, body);
	const underInitialHead = await under(0);
	expect(underInitialHead).not.toEqual(initialParams.subarray(0, body));
	expect(await under(1)).not.toEqual(underInitialHead);
});

test("a step on each half adds up to FedAvg's step on both, up to what the head's step changes", async () => {
	const plan = {
		...oneRound,
		training: () => ({
			amount: { epochs: 1 },
			batchSize: "all" as const,
			optimizer: { name: "sgd", momentum: 0, nesterov: false, weightDecay: 0 } as const,
			learningRate: 1e-4,
			clipNorm: undefined,
		}),
	};
	const apart = await playRun({ ...withEpochs(1, 1), plan });
	const together = await playRun({ algorithm: fedavg, options: { name: "fedavg" }, problem, plan });
	const moved = (params: Vector) =>
		[...params.subarray(0, body)].map((x, i) => (x - (initialParams[i] ?? 0)) * 1e4);
	const expected = moved(together.outcome.params);
	for (const [i, way] of moved(apart.outcome.params).entries()) expect(way).toBeCloseTo(expected[i] ?? 0, 2);
	expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.1);
});

test("the report counts the steps of both phases", async () => {
	const { events } = await playRun({ ...withEpochs(3, 2), plan: oneRound });
	const [first] = ofType(events, "client.replied");
	expect(first?.report).toMatchObject({ numExamples: 5, steps: 2 * 5 });
	expect(first?.report.ownTest?.numExamples).toBe(4);
});

import { type RunEvent, randomStream } from "@fl-sim/core";
import { layeredBlobs, playRun } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import { expect, test } from "vitest";
import { ofType } from "../client-events.fixture.ts";
import { fedavg } from "../fedavg/fedavg.ts";
import { fedper } from "./fedper.ts";

const options = { name: "fedper", personalLayers: 1 };
const problem = layeredBlobs();

testAlgorithmLaws(fedper, options, problem);

test("only the base layers travel: 4 bytes for each of their parameters, each way", async () => {
	const { outcome } = await playRun({
		algorithm: fedper,
		options,
		problem,
		plan: { rounds: 2, cohortSize: 3 },
	});
	const base = 3 * 4 + 4 + 4 + 4;
	expect(outcome.totals).toMatchObject({ downBytes: 2 * 3 * 4 * base, upBytes: 2 * 3 * (4 * base + 4) });
});

test("the head of the global model stays the initial one", async () => {
	const initialParams = problem.model.init(randomStream(5, "start"));
	const { outcome } = await playRun({ algorithm: fedper, options, problem, plan: { initialParams } });
	const base = 24;
	expect(outcome.params.subarray(base)).toEqual(initialParams.subarray(base));
	expect(outcome.params.subarray(0, base)).not.toEqual(initialParams.subarray(0, base));
});

test("in round 1, clients train what they train under FedAvg", async () => {
	const plan = { rounds: 1, cohortSize: 7 };
	const personal = await playRun({ algorithm: fedper, options, problem, plan });
	const plain = await playRun({ algorithm: fedavg, options: { name: "fedavg" }, problem, plan });
	const lossesOf = (events: readonly RunEvent[]) =>
		ofType(events, "client.replied").map(({ report }) => report.trainLoss);
	expect(lossesOf(personal.events)).toEqual(lossesOf(plain.events));
	expect(personal.outcome.params.subarray(0, 24)).toEqual(plain.outcome.params.subarray(0, 24));
});

test("a client's own model is what it trained last, with the base of everybody", async () => {
	const plan = {
		rounds: 3,
		population: 1,
		cohortSize: 1,
		evaluation: { every: 1, clients: 1, clientsEvery: 1, batchSize: 16 },
	};
	const { events } = await playRun({ algorithm: fedper, options, problem, plan });
	const trained = ofType(events, "client.replied").map(({ report }) => report.ownTest?.lossSum);
	const personal = ofType(events, "evaluated.personal").map(({ clients: [own] }) => (own?.loss ?? 0) * 4);
	// Alone, the mean of deltas is the client's own, up to the rounding of base + delta.
	for (const [i, loss] of personal.entries()) expect(loss).toBeCloseTo(trained[i] as number, 4);
});

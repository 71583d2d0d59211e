import { randomStream } from "@fl-sim/core";
import { layeredBlobs, playRun } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import { expect, test } from "vitest";
import { everybody, ofType } from "../client-events.fixture.ts";
import { fedavg } from "../fedavg/fedavg.ts";
import { local } from "../local/local.ts";
import { lgFedavg } from "./lg-fedavg.ts";

const problem = layeredBlobs();
const withLayers = (personalLayers: number) => ({
	algorithm: lgFedavg,
	options: { name: "lg-fedavg", personalLayers },
	problem,
});

testAlgorithmLaws(lgFedavg, { name: "lg-fedavg", personalLayers: 1 }, problem);

/** Scalars of the first layer. */
const representation = 3 * 4 + 4;

test("no layer of one's own is FedAvg, bit for bit and byte for byte", async () => {
	const shared = await playRun(withLayers(0));
	const plain = await playRun({ algorithm: fedavg, options: { name: "fedavg" }, problem });
	expect(shared.outcome.params).toEqual(plain.outcome.params);
	expect(shared.outcome.totals.downBytes).toBe(plain.outcome.totals.downBytes);
	expect(shared.outcome.totals.upBytes).toBe(plain.outcome.totals.upBytes);
});

test("all layers of one's own is local training, bit for bit", async () => {
	const plan = { evaluation: everybody };
	const own = await playRun({ ...withLayers(3), plan });
	const alone = await playRun({ algorithm: local, options: { name: "local" }, problem, plan });
	const clientsOf = ({ events }: typeof own) =>
		ofType(events, "evaluated.personal").map(({ clients }) => clients);
	expect(clientsOf(own)).toEqual(clientsOf(alone));
	expect(own.outcome.totals).toMatchObject({ downBytes: 0, upBytes: 4 * 5 * 4 });
});

test("only the layers behind the representation travel: 4 bytes for each of their parameters", async () => {
	const { outcome } = await playRun({ ...withLayers(1), plan: { rounds: 2, cohortSize: 3 } });
	const shared = problem.model.layout.size - representation;
	expect(outcome.totals).toMatchObject({
		downBytes: 2 * 3 * 4 * shared,
		upBytes: 2 * 3 * (4 * shared + 4),
	});
});

test("in round 1 the global layers become FedAvg's, the representation stays the initial one", async () => {
	const initialParams = problem.model.init(randomStream(1, "model"));
	const plan = { rounds: 1, cohortSize: 7, initialParams };
	const { outcome } = await playRun({ ...withLayers(1), plan });
	const plain = await playRun({ algorithm: fedavg, options: { name: "fedavg" }, problem, plan });
	expect(outcome.params.subarray(0, representation)).toEqual(initialParams.subarray(0, representation));
	expect(outcome.params.subarray(representation)).toEqual(plain.outcome.params.subarray(representation));
});

import { playRun } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import { expect, test } from "vitest";
import { fedavg } from "../fedavg/fedavg.ts";
import { local } from "./local.ts";

testAlgorithmLaws(local, { name: "local" });

const options = { name: "local" };

test("nothing is sent, and the global model stays as it was", async () => {
	const initialParams = new Float32Array(12).fill(0.25);
	const { outcome } = await playRun({ algorithm: local, options, plan: { initialParams } });
	expect(outcome.totals).toMatchObject({ downBytes: 0, upBytes: 0 });
	expect(outcome.params).toEqual(initialParams);
});

test("a client that is alone does what FedAvg with one client does", async () => {
	const plan = { population: 1, cohortSize: 1, rounds: 5 };
	const alone = await playRun({ algorithm: local, options, plan });
	const federated = await playRun({ algorithm: fedavg, options: { name: "fedavg" }, plan });
	const [own] = alone.events.filter((event) => event.type === "evaluated.personal").slice(-1);
	const [global] = federated.events.filter((event) => event.type === "evaluated.clients").slice(-1);
	expect(own?.clients[0]?.loss).toBeCloseTo(global?.clients[0]?.loss ?? Number.NaN, 5);
});

test("clients come to fit their own data better than the initial model does", async () => {
	const { events } = await playRun({
		algorithm: local,
		options,
		plan: {
			rounds: 20,
			cohortSize: 7,
			evaluation: { every: 20, clients: 7, clientsEvery: 1, batchSize: 16 },
		},
	});
	const losses = events
		.filter((event) => event.type === "evaluated.personal")
		.map(({ clients }) => clients.reduce((sum, { loss }) => sum + loss, 0) / clients.length);
	expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] as number));
});

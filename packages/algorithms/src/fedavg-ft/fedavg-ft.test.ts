import { playRun, quadraticProblem } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import { expect, test } from "vitest";
import { everybody, ofType } from "../client-events.fixture.ts";
import { fedavg } from "../fedavg/fedavg.ts";
import { fedavgFt, fedavgFtOptions } from "./fedavg-ft.ts";

testAlgorithmLaws(fedavgFt, { name: "fedavg-ft" });

const withEpochs = (epochs: number) => ({ algorithm: fedavgFt, options: { name: "fedavg-ft", epochs } });
const plain = { algorithm: fedavg, options: { name: "fedavg" } };

test("the global model is FedAvg's, bit for bit and byte for byte, however long clients fine-tune", async () => {
	const expected = await playRun(plain);
	for (const epochs of [0, 1, 3]) {
		const { outcome } = await playRun(withEpochs(epochs));
		expect(outcome.params).toEqual(expected.outcome.params);
		expect(outcome.totals).toEqual({ ...expected.outcome.totals, wallSeconds: outcome.totals.wallSeconds });
	}
});

test("without an epoch of fine-tuning, clients use the global model itself", async () => {
	const plan = { evaluation: everybody };
	const { events } = await playRun({ ...withEpochs(0), plan });
	const personal = ofType(events, "evaluated.personal");
	expect(personal).toHaveLength(4);
	const global = ofType(events, "evaluated.clients").filter(({ round }) => round > 0);
	expect(personal.map(({ clients }) => clients)).toEqual(global.map(({ clients }) => clients));
});

test("fine-tuning takes a client from the global model towards its own minimum, and nothing of it is kept", async () => {
	const problem = quadraticProblem([
		{ center: [4, 0], numExamples: 6 },
		{ center: [0, 4], numExamples: 6 },
	]);
	const lossesAfter = async (epochs: number) => {
		const plan = { cohortSize: 2, rounds: 6, evaluation: everybody };
		const { events, snapshots } = await playRun({ ...withEpochs(epochs), problem, plan });
		expect(snapshots.at(-1)?.clients).toEqual([
			[0, null],
			[1, null],
		]);
		const [last] = ofType(events, "evaluated.personal").slice(-1);
		return (last?.clients ?? []).map(({ loss }) => loss);
	};
	const global = await lossesAfter(0);
	const tuned = await lossesAfter(3);
	// Two mini-batches an epoch, each step keeping 1 - 0.1 of the distance to the center.
	for (const [i, loss] of tuned.entries()) expect(loss).toBeCloseTo(0.9 ** 12 * (global[i] as number), 5);
	expect(global[0]).toBeGreaterThan(1);
});

test("fine-tuning for less than no epoch is refused", () => {
	expect(fedavgFtOptions.safeParse({ name: "fedavg-ft", epochs: -1 }).success).toBe(false);
});

import type { RunEvent, StateValue, Vector } from "@fl-sim/core";
import { type PlaySettings, playRun } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import { expect, test } from "vitest";
import { fedavg } from "../fedavg/fedavg.ts";
import { local } from "../local/local.ts";
import { fedcac } from "./fedcac.ts";

testAlgorithmLaws(fedcac, { name: "fedcac", beta: 3 });

const evaluation = { every: 1, clients: 7, clientsEvery: 1, batchSize: 16 };

function play(options: object, plan: PlaySettings["plan"] = {}) {
	return playRun({
		algorithm: fedcac,
		options: { name: "fedcac", ...options },
		plan: { cohortSize: 7, evaluation, ...plan },
	});
}

const ofType = <Type extends RunEvent["type"]>(events: readonly RunEvent[], type: Type) =>
	events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);

const statesOf = (clients: StateValue | undefined) =>
	new Map((clients as readonly (readonly [number, Vector])[]).map(([client, state]) => [client, state]));

const personalLosses = (events: readonly RunEvent[]) =>
	ofType(events, "evaluated.personal").map(({ clients }) => clients.map(({ loss }) => loss));

test("without critical parameters everybody gets the global model, which is FedAvg's", async () => {
	const { outcome, snapshots } = await play({ tau: 0 });
	const plain = await playRun({
		algorithm: fedavg,
		options: { name: "fedavg" },
		plan: { cohortSize: 7, evaluation },
	});
	for (const [i, value] of plain.outcome.params.entries()) expect(outcome.params[i]).toBeCloseTo(value, 5);
	for (const state of statesOf(snapshots.at(-1)?.clients).values()) expect(state).toEqual(outcome.params);
});

test("with everything critical and the gate closed it is local training, bit for bit", async () => {
	const closed = await play({ tau: 1, gate: "closed" });
	const alone = await playRun({
		algorithm: local,
		options: { name: "local" },
		plan: { cohortSize: 7, evaluation },
	});
	expect(personalLosses(closed.events)).toEqual(personalLosses(alone.events));
	expect(personalLosses(closed.events)).toHaveLength(4);
});

test("with everything critical and the gate open, all clients get one model, the plain mean", async () => {
	const { snapshots } = await play({ tau: 1, gate: "open" }, { rounds: 2 });
	const [first, ...others] = [...statesOf(snapshots.at(-1)?.clients).values()];
	for (const other of others) expect(other).toEqual(first);
});

test("past beta nobody works with others any more, and local and global training part", async () => {
	const { events } = await play({ beta: 1 }, { rounds: 4 });
	const collaborators = ofType(events, "measured").filter(({ name }) => name === "collaborators per client");
	expect(collaborators[0]?.value).toBeGreaterThan(0);
	expect(collaborators.slice(1).map(({ value }) => value)).toEqual([0, 0, 0]);
});

test("clients that are not selected keep their models", async () => {
	const { snapshots, events } = await play({}, { cohortSize: 2, rounds: 4 });
	expect(snapshots).toHaveLength(4);
	for (const [i, { round, cohort }] of ofType(events, "round.started").entries()) {
		if (i === 0) continue;
		const [before, after] = [statesOf(snapshots[i - 1]?.clients), statesOf(snapshots[i]?.clients)];
		for (const [client, state] of before) {
			if (!cohort.includes(client)) expect([round, after.get(client)]).toEqual([round, state]);
		}
	}
});

test("a participant costs 4 d + ceil(d / 8) + 4 bytes up and 4 d down", async () => {
	const { outcome } = await play({}, { rounds: 3, cohortSize: 5 });
	expect(outcome.totals).toMatchObject({ downBytes: 3 * 5 * 48, upBytes: 3 * 5 * (48 + 2 + 4) });
});

test("it tells with how many others clients work, and who with whom", async () => {
	const { events } = await play({ beta: 2 }, { rounds: 4 });
	const measured = ofType(events, "measured");
	const numbers = measured.filter(({ name }) => name === "collaborators per client");
	const matrices = measured.filter(({ name }) => name === "collaboration");
	expect(numbers).toHaveLength(4);
	for (const [i, { value }] of matrices.entries()) {
		const { clients, values } = value as Exclude<typeof value, number>;
		expect(clients).toEqual([0, 1, 2, 3, 4, 5, 6]);
		const others = values.flat().reduce((sum, each) => sum + each, 0) - 7;
		expect(others / 7).toBeCloseTo(numbers[i]?.value as number, 12);
	}
	expect(numbers.at(-1)?.value).toBe(0);
});

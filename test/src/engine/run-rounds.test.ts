import { algorithms } from "@fl-sim/algorithms";
import type { AnyAlgorithm, RunEvent } from "@fl-sim/core";
import { type PlaySettings, playRun } from "@fl-sim/testkit";
import { describe, expect, test } from "vitest";

const fedavg = algorithms.fedavg as AnyAlgorithm;
const play = (settings: Partial<PlaySettings> = {}) =>
	playRun({ algorithm: fedavg, options: { name: "fedavg" }, ...settings });

const ofType = <Type extends RunEvent["type"]>(events: readonly RunEvent[], type: Type) =>
	events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);

describe("a run ends", () => {
	test("after its rounds", async () => {
		const { outcome } = await play({ plan: { rounds: 3 } });
		expect(outcome).toMatchObject({ round: 3, reason: "rounds" });
	});

	test("in the first round that reaches the target accuracy, evaluated there", async () => {
		const { outcome, events } = await play({ plan: { rounds: 50, stop: { targetAccuracy: 0.6 } } });
		const accuracies = ofType(events, "evaluated.central").filter(({ round }) => round > 0);
		expect(outcome.reason).toBe("targetAccuracy");
		expect(accuracies.at(-1)).toMatchObject({ round: outcome.round });
		expect(accuracies.at(-1)?.accuracy).toBeGreaterThanOrEqual(0.6);
		expect(accuracies.slice(0, -1).every(({ accuracy }) => accuracy < 0.6)).toBe(true);
	});

	test("in the round that spends the byte budget", async () => {
		const { outcome, events } = await play({ plan: { rounds: 50, stop: { byteBudget: 1000 } } });
		const totals = ofType(events, "round.finished").map((event) => event.totalDownBytes + event.totalUpBytes);
		expect(outcome.reason).toBe("byteBudget");
		expect(totals.at(-1)).toBeGreaterThanOrEqual(1000);
		expect(totals.at(-2)).toBeLessThan(1000);
	});

	test("after the round under way when it is asked to, with a checkpoint that goes on to the same weights", async () => {
		const whole = await play({ plan: { rounds: 5 } });
		const asked = new AbortController();
		let uploads = 0;
		const interrupted = await play({
			plan: { rounds: 5, checkpointEvery: 100 },
			finishRound: asked.signal,
			onPayload: (direction) => {
				if (direction === "up" && ++uploads === 7) asked.abort(); // in the second round of five clients
			},
		});
		expect(interrupted.outcome).toMatchObject({ round: 2, reason: "interrupted" });
		expect(interrupted.snapshots.map(({ round }) => round)).toEqual([2]);
		const resumed = await play({ plan: { rounds: 5 }, resumeFrom: interrupted.snapshots[0] });
		expect(resumed.outcome.params).toEqual(whole.outcome.params);
	});
});

test("checkpoints come every so many rounds and at the end", async () => {
	const { snapshots } = await play({ plan: { rounds: 5, checkpointEvery: 2 } });
	expect(snapshots.map(({ round }) => round)).toEqual([2, 4, 5]);
});

test("resuming a run that is over plays no round", async () => {
	const { snapshots, outcome } = await play({ plan: { rounds: 2 } });
	const resumed = await play({ plan: { rounds: 2 }, resumeFrom: snapshots.at(-1) });
	expect(resumed.events).toEqual([]);
	expect(resumed.outcome.params).toEqual(outcome.params);
});

test("evaluation follows its schedule, and the last round is always evaluated", async () => {
	const evaluation = { every: 2, clients: 3, clientsEvery: 3, batchSize: 16 };
	const { events } = await play({ plan: { rounds: 5, evaluation } });
	expect(ofType(events, "evaluated.central").map(({ round }) => round)).toEqual([0, 2, 4, 5]);
	expect(ofType(events, "evaluated.clients").map(({ round }) => round)).toEqual([3, 5]);
	const [first, last] = ofType(events, "evaluated.clients").map(({ clients }) =>
		clients.map(({ client }) => client),
	);
	expect(first).toHaveLength(3);
	expect(last).toEqual(first);
});

test("clients are reported in cohort order, whoever answers first", async () => {
	const { events } = await play({ plan: { rounds: 2 }, arrivalSeed: 5 });
	const cohorts = ofType(events, "round.started").map(({ cohort }) => cohort);
	const replied = [1, 2].map((round) =>
		ofType(events, "client.replied").flatMap((event) => (event.round === round ? [event.client] : [])),
	);
	expect(replied).toEqual(cohorts);
});

test("a round costs the sum of its clients' bytes, and takes as long as its slowest client", async () => {
	const { events } = await play({ plan: { rounds: 1 } });
	const clients = ofType(events, "client.replied");
	const [round] = ofType(events, "round.finished");
	expect(round?.upBytes).toBe(clients.reduce((sum, client) => sum + client.upBytes, 0));
	expect(round?.downBytes).toBe(clients.reduce((sum, client) => sum + client.downBytes, 0));
	expect(round?.simulatedSeconds).toBe(Math.max(...clients.map((client) => client.simulatedSeconds)));
});

describe("lost clients", () => {
	const system = {
		availability: 1,
		dropout: 0,
		stragglers: { fraction: 0, slowdown: 1, policy: "drop" },
		secondsPerStep: 1,
	} as const;

	test("that were reached cost their download, and the round its deadline", async () => {
		const { events } = await play({
			plan: { rounds: 1, system: { ...system, dropout: 1, deadlineSeconds: 30 } },
		});
		const lost = ofType(events, "client.lost");
		expect(lost).toHaveLength(5);
		expect(lost[0]).toMatchObject({ reason: "dropped", downBytes: 48, upBytes: 0 });
		expect(ofType(events, "round.finished")[0]).toMatchObject({ replied: 0, lost: 5, simulatedSeconds: 30 });
	});

	test("that could not be reached cost nothing", async () => {
		const { events } = await play({ plan: { rounds: 1, system: { ...system, availability: 0 } } });
		expect(ofType(events, "client.lost")[0]).toMatchObject({ reason: "unavailable", downBytes: 0 });
		expect(ofType(events, "round.finished")[0]).toMatchObject({ downBytes: 0, simulatedSeconds: 0 });
	});
});

describe("a run that diverges", () => {
	const diverging = (learningRate: number) => ({
		rounds: 30,
		training: () => ({
			amount: { epochs: 1 },
			batchSize: 4,
			optimizer: { name: "sgd" as const, momentum: 0, nesterov: false, weightDecay: 10 },
			learningRate,
			clipNorm: undefined,
		}),
	});

	test("names the first client of the cohort that failed, whoever fails first", async () => {
		const inOrder = await play({ plan: diverging(1e30) }).catch((error: unknown) => error);
		expect(inOrder).toMatchObject({ code: "FL_TRAINING_DIVERGED", details: { round: 1 } });
		for (const arrivalSeed of [1, 2, 3, 4, 5]) {
			await expect(play({ plan: diverging(1e30), arrivalSeed })).rejects.toEqual(inOrder);
		}
	});

	test("keeps its last good checkpoint", async () => {
		const seen: number[] = [];
		const algorithm: AnyAlgorithm = {
			...fedavg,
			async round(context, server) {
				if (context.round < 3) return fedavg.round(context, server);
				const { params } = server as { params: Float32Array };
				return { params: params.map(() => Number.NaN), optimizer: null };
			},
		};
		const failure = playRun({
			algorithm,
			options: { name: "fedavg" },
			plan: { evaluation: { every: 1, clients: 0, clientsEvery: 1, batchSize: 60 } },
			onSnapshot: ({ round }) => seen.push(round),
		});
		await expect(failure).rejects.toMatchObject({
			code: "FL_TRAINING_DIVERGED",
			message: "the global model diverged: round 3: dense.weight holds NaN, expected finite numbers",
		});
		expect(seen).toEqual([1, 2]);
	});
});

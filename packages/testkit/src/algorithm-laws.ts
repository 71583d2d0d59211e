import type { AnyAlgorithm, RunEvent } from "@fl-sim/core";
import { expect, test } from "vitest";
import { type PlaySettings, playRun } from "./play-run.ts";
import { type PlayProblem, softmaxBlobs } from "./problems.ts";

/** Events without what the clock decides. */
function timeless(events: readonly RunEvent[]): unknown[] {
	return events.map((event) =>
		Object.fromEntries(Object.entries(event).filter(([key]) => !/wallSeconds$/i.test(key))),
	);
}

/** Events after a round, without those of checkpoints, which are written meanwhile and may come anywhere. */
function eventsAfter(round: number, events: readonly RunEvent[]): RunEvent[] {
	return events.filter(
		(event) => event.type !== "run.started" && event.type !== "checkpoint.written" && event.round > round,
	);
}

/**
 * The laws of every algorithm, as tests: equal bits for equal seeds, in any order of arrival, across a checkpoint
 * in the middle, metrics included; ledger bytes equal to the bytes that passed the link; inputs never changed; lost clients survived.
 */
export function testAlgorithmLaws(
	algorithm: AnyAlgorithm,
	options: unknown,
	problem: PlayProblem = softmaxBlobs(),
): void {
	const play = (extra: Partial<PlaySettings> = {}) => playRun({ algorithm, options, problem, ...extra });

	test("equal seeds give equal weights and metrics, bit for bit", async () => {
		const [one, other] = await Promise.all([play(), play()]);
		expect(other.outcome.params).toEqual(one.outcome.params);
		expect(timeless(other.events)).toEqual(timeless(one.events));
	});

	test("another seed gives other weights", async () => {
		const [one, other] = await Promise.all([play(), play({ plan: { seed: 2 } })]);
		expect(other.outcome.params).not.toEqual(one.outcome.params);
	});

	test("the order in which clients answer changes nothing", async () => {
		const inOrder = await play();
		for (const arrivalSeed of [1, 2, 3]) {
			const shuffled = await play({ arrivalSeed });
			expect(shuffled.outcome.params).toEqual(inOrder.outcome.params);
			expect(timeless(shuffled.events)).toEqual(timeless(inOrder.events));
		}
	});

	test("a run resumed from any checkpoint ends in the same weights", async () => {
		const whole = await play();
		for (const snapshot of whole.snapshots) {
			const { server, clients } = snapshot;
			const resumeFrom = { ...snapshot, ...structuredClone({ server, clients }) };
			const resumed = await play({ resumeFrom });
			expect(timeless(eventsAfter(snapshot.round, resumed.events))).toEqual(
				timeless(eventsAfter(snapshot.round, whole.events)),
			);
			expect(resumed.outcome.params).toEqual(whole.outcome.params);
			expect(resumed.outcome.totals.upBytes).toBe(whole.outcome.totals.upBytes);
		}
	});

	test("the ledger's bytes are the bytes that passed the link", async () => {
		const passed = { down: 0, up: 0 };
		const { outcome, events } = await play({
			onPayload: (direction, bytes) => {
				passed[direction] += bytes.byteLength;
			},
		});
		const { downBytes: down, upBytes: up } = outcome.totals;
		const evaluations = events.filter((event) => event.type === "evaluated.personal");
		expect(passed).toEqual({
			down: evaluations.reduce((sum, { downBytes }) => sum + downBytes, down),
			up: evaluations.reduce((sum, { upBytes }) => sum + upBytes, up),
		});
		expect(events.filter((event) => event.type === "client.replied")).not.toHaveLength(0);
	});

	test("what the server sent and kept is never written to", async () => {
		const sent: { bytes: Uint8Array; copy: Uint8Array }[] = [];
		const initial = (await play({ plan: { rounds: 1 } })).snapshots[0];
		const before = structuredClone(initial?.server);
		await play({
			resumeFrom: initial,
			onPayload: (_, bytes) => sent.push({ bytes, copy: bytes.slice() }),
		});
		for (const { bytes, copy } of sent) expect(bytes).toEqual(copy);
		expect(initial?.server).toEqual(before);
	});

	test("lost clients are left out and the run goes on", async () => {
		const system = {
			availability: 0.7,
			dropout: 0.4,
			stragglers: { fraction: 0.3, slowdown: 3, policy: "partial" },
			secondsPerStep: 1,
			deadlineSeconds: 8,
		} as const;
		const { events, outcome } = await play({ plan: { system, rounds: 6 } });
		expect(outcome.round).toBe(6);
		expect(events.some((event) => event.type === "client.lost")).toBe(true);
		expect(outcome.params.every(Number.isFinite)).toBe(true);
	});

	test("a round that loses everybody leaves the model as it was", async () => {
		const initialParams = new Float32Array(problem.model.layout.size).fill(0.5);
		const { outcome, events } = await play({
			plan: {
				system: {
					availability: 0,
					dropout: 0,
					stragglers: { fraction: 0, slowdown: 1, policy: "drop" },
					secondsPerStep: 1,
				},
				initialParams,
				rounds: 2,
			},
		});
		expect(outcome.params).toEqual(initialParams);
		expect(outcome.totals).toMatchObject({ downBytes: 0, upBytes: 0 });
		expect(events.filter((event) => event.type === "client.lost")).toHaveLength(10);
	});
}

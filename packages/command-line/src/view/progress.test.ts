import type { RunEvent } from "@fl-sim/core";
import { sampleEvents } from "@fl-sim/testkit";
import { expect, test } from "vitest";
import { advance, noProgress, type Progress, remainingSeconds } from "./progress.ts";

const events = sampleEvents(5);
const after = (isLast: (event: RunEvent) => boolean): Progress =>
	events.slice(0, events.findIndex(isLast) + 1).reduce(advance, noProgress);

test("in the middle of a round, its clients and bytes count already", () => {
	const progress = after(
		(event) => event.type === "client.replied" && event.round === 3 && event.client === 1,
	);
	expect(progress).toMatchObject({
		round: 3,
		activity: "training",
		phase: { name: "train", answered: 2, lost: 0 },
		cohortSize: 4,
		totalLost: 1,
		downBytes: 10 * 246_824,
		upBytes: 9 * 246_824,
	});
});

test("the bytes of a finished round are those of the event, not counted twice", () => {
	const progress = after((event) => event.type === "round.finished" && event.round === 3);
	expect(progress).toMatchObject({ activity: "evaluating", downBytes: 12 * 246_824, upBytes: 11 * 246_824 });
});

test("a second exchange in a round counts its clients anew", () => {
	const [reply] = events.filter((event) => event.type === "client.replied");
	if (reply === undefined) throw new Error("the sample has no reply");
	const once = advance(noProgress, reply);
	expect(advance(once, reply).phase).toEqual({ name: "train", answered: 2, lost: 0 });
	expect(advance(once, { ...reply, phase: "control" }).phase).toEqual({
		name: "control",
		answered: 1,
		lost: 0,
	});
});

test("the remaining time is the mean time of a round, evaluation included, for the rounds to come", () => {
	const training = after((event) => event.type === "round.started" && event.round === 4);
	expect(remainingSeconds(training)).toBeCloseTo(2 * 2);
	const evaluated = after((event) => event.type === "evaluated.central" && event.round === 4);
	expect(remainingSeconds(evaluated)).toBeCloseTo(1 * 2);
	expect(remainingSeconds(after((event) => event.type === "round.started"))).toBeUndefined();
});

test("the best accuracy is the first highest", () => {
	const evaluation = { type: "evaluated.central", loss: 1, numExamples: 5, wallSeconds: 0 } as const;
	const progress = [0.5, 0.9, 0.9, 0.7].reduce(
		(state, accuracy, index) => advance(state, { ...evaluation, round: index + 1, accuracy }),
		noProgress,
	);
	expect(progress.best).toEqual({ round: 2, accuracy: 0.9 });
	expect(progress.accuracies).toEqual([0.5, 0.9, 0.9, 0.7]);
});

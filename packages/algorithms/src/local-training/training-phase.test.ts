import { numLocalSteps } from "@fl-sim/core";
import { expect, test } from "vitest";
import { contextOf, pullingModel } from "./client-context.fixture.ts";
import { inSequence, trainingPhase } from "./training-phase.ts";

test("a phase draws its own numbers, whatever the others have drawn", () => {
	const context = contextOf(
		pullingModel(() => 0),
		{},
	);
	const drawn = ["head", "body", "head"].map((name) => trainingPhase(context, { name }).random.uint32());
	expect(drawn[2]).toBe(drawn[0]);
	expect(drawn[1]).not.toBe(drawn[0]);
	expect(context.random.uint32()).not.toBe(drawn[0]);
});

test("a phase trains as the round does where it says nothing else, and evaluates nothing", () => {
	const plain = contextOf(
		pullingModel(() => 0),
		{ amount: { steps: 7 }, batchSize: 2 },
	);
	const context = { ...plain, evaluation: { batchSize: 2, afterTraining: true } };
	const { training, evaluation } = trainingPhase(context, { name: "head", amount: { epochs: 3 } });
	expect(training).toEqual({ ...context.training, amount: { epochs: 3 } });
	expect(evaluation).toEqual({ batchSize: 2, afterTraining: false });
	expect(context.evaluation.afterTraining).toBe(true);
});

test("a phase of no epochs has no steps", () => {
	const phase = trainingPhase(
		contextOf(
			pullingModel(() => 0),
			{},
		),
		{ name: "head", amount: { epochs: 0 } },
	);
	expect(numLocalSteps(phase.training, 5)).toBe(0);
	expect(
		numLocalSteps(
			contextOf(
				pullingModel(() => 0),
				{},
			).training,
			5,
		),
	).toBe(3);
});

test("two phases count as one training, evaluated after the second", () => {
	const ownTest = { lossSum: 3, numCorrect: 1, numExamples: 2 };
	const first = { trainLoss: 2, numExamples: 5, steps: 3 };
	const second = { trainLoss: 6, numExamples: 5, steps: 1, ownTest };
	expect(inSequence(first, second)).toEqual({ trainLoss: 3, numExamples: 5, steps: 4, ownTest });
	const nothing = { trainLoss: 0, numExamples: 0, steps: 0 };
	expect(inSequence(nothing, nothing)).toEqual(nothing);
});

import type { BatchEvaluation, ClientReport } from "@fl-sim/core";
import { z } from "zod";

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Sums over test examples. NaN and infinities do not exist in JSON: null. */
export const sumsMessage = z.strictObject({
	lossSum: z.number().nullable(),
	numCorrect: count,
	numExamples: count,
});

/** A client's report in JSON. */
export const reportMessage = z.strictObject({
	trainLoss: z.number().nullable(),
	numExamples: count,
	steps: count,
	/** The trained model on the client's own test examples, where the scenario asks for it in this round. */
	ownTest: sumsMessage.optional(),
});

export function sumsToMessage(sums: BatchEvaluation): z.output<typeof sumsMessage> {
	const { lossSum, numCorrect, numExamples } = sums;
	return { lossSum: finiteOrNull(lossSum), numCorrect, numExamples };
}

export function sumsOfMessage(message: z.output<typeof sumsMessage>): BatchEvaluation {
	const { lossSum, numCorrect, numExamples } = message;
	return { lossSum: lossSum ?? Number.NaN, numCorrect, numExamples };
}

export function reportToMessage(report: ClientReport): z.output<typeof reportMessage> {
	const { trainLoss, numExamples, steps, ownTest } = report;
	return {
		trainLoss: finiteOrNull(trainLoss),
		numExamples,
		steps,
		...(ownTest === undefined ? {} : { ownTest: sumsToMessage(ownTest) }),
	};
}

export function reportOfMessage(message: z.output<typeof reportMessage>): ClientReport {
	const { trainLoss, numExamples, steps, ownTest } = message;
	return {
		trainLoss: trainLoss ?? Number.NaN,
		numExamples,
		steps,
		...(ownTest === undefined ? {} : { ownTest: sumsOfMessage(ownTest) }),
	};
}

function finiteOrNull(value: number): number | null {
	return Number.isFinite(value) ? value : null;
}

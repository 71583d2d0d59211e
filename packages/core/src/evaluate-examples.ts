import { type ExampleView, gatherBatch, positionsOf } from "./examples.ts";
import type { BatchEvaluation, Model } from "./model.ts";
import type { Vector } from "./vector.ts";

/** Some examples of a view. */
export interface EvaluationRange {
	readonly from: number;
	readonly to: number;
	readonly batchSize: number;
}

/** Sums over the examples `from .. to - 1` of a view, batch by batch in a fixed order. */
export async function evaluateExamples(
	model: Model,
	params: Vector,
	view: ExampleView,
	{ from, to, batchSize }: EvaluationRange,
): Promise<BatchEvaluation> {
	const positions = positionsOf(view.indices.length);
	let lossSum = 0;
	let numCorrect = 0;
	for (let start = from; start < to; start += batchSize) {
		const end = Math.min(start + batchSize, to);
		const sums = await model.evaluate(params, gatherBatch(view, positions, start, end));
		lossSum += sums.lossSum;
		numCorrect += sums.numCorrect;
	}
	return { lossSum, numCorrect, numExamples: to - from };
}

import type { Batch, BatchEvaluation, Vector } from "@fl-sim/core";
import { crossEntropy } from "./cross-entropy.ts";
import { computeLogits, type RunnableNetwork, uploadTensors } from "./forward.ts";
import { tensorValues } from "./tensor-values.ts";

/** Loss and correct predictions summed over a batch. See core's `Model`. */
export function evaluate(network: RunnableNetwork, params: Vector, batch: Batch): BatchEvaluation {
	const { tf } = network;
	let result: BatchEvaluation = { lossSum: 0, numCorrect: 0, numExamples: 0 };
	tf.tidy(() => {
		const logits = computeLogits(network, uploadTensors(network, params, batch));
		result = crossEntropy(tensorValues(tf, logits), batch.labels);
	});
	return result;
}

import type { BatchEvaluation } from "@fl-sim/core";

/**
 * Where to write the gradient of the mean loss by the logits, `[n, classes]` row-major. The mean is over `batchSize`
 * examples, of which these may be a piece.
 */
export type LogitsGradient = Float32Array | undefined;

/**
 * Softmax cross-entropy of logits `[n, classes]`, in nats, and the number of rows whose highest logit is the
 * label's (the lowest index wins a tie). Shifts each row by its highest logit, so no finite logit overflows.
 * Done in plain JavaScript: for the few values of a batch this beats the seven kernels it would take.
 */
export function crossEntropy(
	logits: Float32Array,
	labels: Int32Array,
	gradient?: LogitsGradient,
	batchSize: number = labels.length,
): BatchEvaluation {
	const numExamples = labels.length;
	const classes = logits.length / numExamples;
	const exponentials = new Float64Array(classes);
	let lossSum = 0;
	let numCorrect = 0;
	for (let row = 0; row < numExamples; row++) {
		const start = row * classes;
		const label = labels[row] as number;
		const predicted = indexOfHighest(logits, start, classes);
		const highest = logits[start + predicted] as number;
		let total = 0;
		for (let i = 0; i < classes; i++) {
			const exponential = Math.exp((logits[start + i] as number) - highest);
			exponentials[i] = exponential;
			total += exponential;
		}
		lossSum += Math.log(total) + highest - (logits[start + label] as number);
		if (predicted === label) numCorrect++;
		if (gradient === undefined) continue;
		for (let i = 0; i < classes; i++) {
			gradient[start + i] = (exponentials[i] as number) / total / batchSize; // softmax / n
		}
		gradient[start + label] = (gradient[start + label] as number) - 1 / batchSize;
	}
	return { lossSum, numCorrect, numExamples };
}

function indexOfHighest(values: Float32Array, start: number, length: number): number {
	let best = 0;
	for (let i = 1; i < length; i++) {
		if ((values[start + i] as number) > (values[start + best] as number)) best = i;
	}
	return best;
}

import { axpy, type Batch, dot, norm, partOf, randomStream, type Vector, zeros } from "@fl-sim/core";
import { crossEntropy } from "./cross-entropy.ts";
import { computeLogits, type RunnableNetwork, uploadTensors } from "./forward.ts";
import { lossAndGradient } from "./gradient.ts";

/** Step of the differences: rounding of float32 logits costs about 1e-7 / step, kinks of ReLU about the step. */
const usualStep = 1e-3;

/**
 * Relative error of the gradient against central differences, one direction per trainable part: half along
 * the gradient, where the signal is strong, and half at random.
 */
export function gradientError(
	network: RunnableNetwork,
	params: Vector,
	batch: Batch,
	step: number = usualStep,
): number {
	const gradient = zeros(params.length);
	lossAndGradient(network, params.slice(), batch, gradient);
	const random = randomStream("directions");
	const expected: number[] = [];
	const found: number[] = [];
	for (const part of network.layout.parts) {
		if (part.kind === "buffer") continue;
		const direction = zeros(params.length);
		const values = partOf(direction, part);
		axpy(1, unit(partOf(gradient, part)), values);
		axpy(1, unit(values.map(() => random.normal())), values);
		direction.set(unit(direction));
		const lossAt = (distance: number) =>
			trainingLoss(network, axpy(distance, direction, params.slice()), batch);
		expected.push((lossAt(step) - lossAt(-step)) / (2 * step));
		found.push(dot(gradient, direction));
	}
	const difference = expected.map((value, index) => value - (found[index] as number));
	return Math.hypot(...difference) / Math.hypot(...expected);
}

/** The mean loss of a training pass, without a gradient. */
function trainingLoss(network: RunnableNetwork, params: Vector, batch: Batch): number {
	const logits = network.tf.tidy(() =>
		computeLogits(network, uploadTensors(network, params, batch), []).dataSync(),
	);
	return crossEntropy(Float32Array.from(logits), batch.labels).lossSum / batch.size;
}

function unit(vector: Vector): Vector {
	const length = norm(vector);
	return length === 0 ? vector : vector.map((value) => value / length);
}

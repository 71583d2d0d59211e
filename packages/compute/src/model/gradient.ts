import { type Batch, partOf, type Vector } from "@fl-sim/core";
import type { Tensor } from "@tensorflow/tfjs";
import { crossEntropy } from "./cross-entropy.ts";
import { type BufferUpdate, computeLogits, type RunnableNetwork, uploadTensors } from "./forward.ts";
import { tensorValues } from "./tensor-values.ts";

/** Mean loss of a batch, in nats; writes the gradient and, in `params`, the buffers. See core's `Model`. */
export function lossAndGradient(
	network: RunnableNetwork,
	params: Vector,
	batch: Batch,
	gradient: Vector,
): number {
	const { tf, layout } = network;
	const bufferUpdates: BufferUpdate[] = [];
	let loss = Number.NaN;
	tf.tidy(() => {
		const tensors = uploadTensors(network, params, batch);
		const trainable = layout.parts.filter(({ kind }) => kind !== "buffer");
		const variables = trainable.map(({ name }) => tensors.parts.get(name) as Tensor);
		const meanLoss = tf.customGrad((input) => {
			const logits = input as Tensor;
			const slopes = new Float32Array(logits.size);
			loss = crossEntropy(tensorValues(tf, logits), batch.labels, slopes).lossSum / batch.size;
			// The loss is the root of the graph: the gradient that comes from above is 1.
			return { value: tf.scalar(loss), gradFunc: () => tf.tensor(slopes, logits.shape) };
		});
		const { grads } = tf.valueAndGrads(() => meanLoss(computeLogits(network, tensors, bufferUpdates)))(
			variables,
		);
		for (const part of layout.parts) {
			const target = partOf(gradient, part);
			const index = trainable.indexOf(part);
			if (index === -1) target.fill(0);
			else target.set(tensorValues(tf, grads[index] as Tensor));
		}
	});
	for (const { part, values } of bufferUpdates) partOf(params, part).set(values);
	return loss;
}

import type { NamedTensorMap, Tensor } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";

/**
 * A kernel of our own where the active backend has it: the one that traces steps, since a compiled step computes it in
 * one pass over memory. The other backends compose it of TensorFlow.js's operations.
 */
export function kernelOr(
	tf: TensorFlowJs,
	name: string,
	inputs: NamedTensorMap,
	compose: () => Tensor,
): Tensor {
	// The look-up returns undefined for what the registry lacks, though its type does not say so.
	const kernel: unknown = tf.getKernel(name, tf.getBackend());
	return kernel === undefined ? compose() : tf.engine().runKernel<Tensor>(name, inputs);
}

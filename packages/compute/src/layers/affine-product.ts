import type { GradConfig, NamedTensorInfoMap, Tensor } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import { biasGradient } from "./channel-sums.ts";

/** A kernel of our own: with its reshapes inside, the tape of a dense layer is one node instead of nine. */
export const affineProductKernel = "FlSimAffineProduct";

interface AffineInputs {
	/** `[n, inputs]` */
	readonly x: Tensor;
	/** `[inputs, units]` */
	readonly weight: Tensor;
	/** `[units]` */
	readonly bias: Tensor;
}

/** x W + b, `[n, units]`. Needs `registerKernels` once. */
export function affineProduct(tf: TensorFlowJs, { x, weight, bias }: AffineInputs): Tensor {
	return tf.engine().runKernel<Tensor>(affineProductKernel, { x, weight, bias });
}

export function computeAffineProduct(tf: TensorFlowJs, inputs: NamedTensorInfoMap): Tensor {
	const { x, weight, bias } = inputs as unknown as AffineInputs;
	const [n = 0, numInputs = 0] = x.shape;
	const [, units = 0] = weight.shape;
	return tf.tidy(() => {
		const product = tf
			.engine()
			.runKernel<Tensor>(
				"_FusedMatMul",
				{ a: tf.reshape(x, [1, n, numInputs]), b: tf.reshape(weight, [1, numInputs, units]), bias },
				{ transposeA: false, transposeB: false, activation: "linear" },
			);
		return tf.reshape(product, [n, units]);
	});
}

export function affineProductGradient(tf: TensorFlowJs): GradConfig {
	return {
		kernelName: affineProductKernel,
		inputsToSave: ["x", "weight"],
		gradFunc: (dy, [x, weight]) => ({
			x: () => tf.matMul(dy as Tensor, weight as Tensor, false, true),
			weight: () => tf.matMul(x as Tensor, dy as Tensor, true, false),
			bias: () => biasGradient(tf, dy as Tensor),
		}),
	};
}

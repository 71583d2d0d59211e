import type { Tensor } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import { biasGradient } from "./channel-sums.ts";
import type { LayerMaker } from "./layer.ts";
import { scaleAndShift } from "./scale-and-shift.ts";
import { epsilon } from "./standardize.ts";
import { kernelOr } from "./traced-kernel.ts";

// Kernels of our own; see `kernelOr`.
export const layerNormKernel = "FlSimLayerNorm";
export const layerNormGradientKernel = "FlSimLayerNormGradient";
export const layerNormScaleGradientKernel = "FlSimLayerNormScaleGradient";

/** Normalises the values of each position, the last dimension (Ba et al., 2016, section 3), with a scale and a shift. */
export function layerNorm(name: string): LayerMaker {
	return (inputShape) => {
		const channels = inputShape.at(-1) ?? 1;
		const { parts, scaleName, shiftName } = scaleAndShift(name, channels);
		return {
			parts,
			outputShape: inputShape,
			multiplyAdds: 0,
			forward: ({ tf, part }, x) => {
				const rows = tf.reshape(x, [x.size / channels, channels]);
				return tf.reshape(normalizeRows(tf, rows, part(scaleName), part(shiftName)), x.shape);
			},
		};
	};
}

/** (x - mean) / sqrt(variance + epsilon) scale + shift by rows of x `[rows, channels]`, with its gradient in closed form. */
function normalizeRows(tf: TensorFlowJs, x: Tensor, scale: Tensor, shift: Tensor): Tensor {
	const withGradient = tf.customGrad((...inputs) => {
		const [x, scale, shift, save] = inputs as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
		save([x, scale]);
		return {
			value: kernelOr(tf, layerNormKernel, { x, scale, shift }, () =>
				tf.add(tf.mul(normalRows(tf, x).normal, scale), shift),
			),
			gradFunc: (dy, saved) => {
				const [x, scale] = saved as [Tensor, Tensor];
				return [
					kernelOr(tf, layerNormGradientKernel, { x, dy, scale }, () => {
						const { normal, inverse } = normalRows(tf, x);
						const slope = tf.mul(dy, scale);
						const pull = tf.mul(normal, tf.mean(tf.mul(slope, normal), 1, true));
						return tf.mul(tf.sub(tf.sub(slope, tf.mean(slope, 1, true)), pull), inverse);
					}),
					kernelOr(tf, layerNormScaleGradientKernel, { x, dy }, () =>
						tf.sum(tf.mul(dy, normalRows(tf, x).normal), 0),
					),
					biasGradient(tf, dy),
				];
			},
		};
	});
	return withGradient(x, scale, shift);
}

/** (x - mean) / sqrt(variance + epsilon) by rows, and the second factor `[rows, 1]`. */
function normalRows(tf: TensorFlowJs, x: Tensor): { readonly normal: Tensor; readonly inverse: Tensor } {
	const centred = tf.sub(x, tf.mean(x, 1, true));
	const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon));
	return { normal: tf.mul(centred, inverse), inverse };
}

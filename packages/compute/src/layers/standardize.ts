import type { Tensor } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import { channelSums } from "./channel-sums.ts";
import { channelProducts, scaleAndShiftRows, standardizeGradient } from "./standardize-kernels.ts";

/** Added to variances before the square root. */
export const epsilon = 1e-5;

/** A normalisation's input, scale and shift, and over which values it takes means. */
export interface Standardization {
	/** `[blocks, rows, channels]` */
	readonly x: Tensor;
	/** `[channels]` */
	readonly scale: Tensor;
	/** `[channels]` */
	readonly shift: Tensor;
	/** From sums by block and channel to means over whatever shares statistics, `[blocks, 1, channels]` both. */
	readonly meanOf: (sums: Tensor) => Tensor;
	/** Told the means and variances, `[blocks, 1, channels]`; the tensors live until the end of the pass. */
	readonly onStatistics?: (mean: Tensor, variance: Tensor) => void;
}

/**
 * scale (x - mean) / sqrt(variance + epsilon) + shift, with its gradient in closed form (Ioffe and Szegedy,
 * 2015, section 3): about half the passes over the data that differentiating each step takes.
 */
export function standardize(
	tf: TensorFlowJs,
	{ x, scale, shift, meanOf, onStatistics }: Standardization,
): Tensor {
	const withGradient = tf.customGrad((...inputs) => {
		const [x, scale, shift, save] = inputs as unknown as [
			Tensor,
			Tensor,
			Tensor,
			(tensors: Tensor[]) => void,
		];
		const mean = meanOf(channelSums(tf, x));
		const centred = tf.sub(x, mean);
		const variance = meanOf(channelProducts(tf, centred, centred));
		const inverse = tf.rsqrt(tf.add(variance, epsilon));
		onStatistics?.(mean, variance);
		save([centred, inverse, scale]);
		return {
			value: scaleAndShiftRows(tf, { x: centred, scale: tf.mul(inverse, scale), shift }),
			gradFunc: (dy, saved) => {
				const [centred, inverse, scale] = saved as [Tensor, Tensor, Tensor];
				const sums = channelSums(tf, dy);
				const products = tf.mul(channelProducts(tf, dy, centred), inverse); // sums of dy times x-hat
				const steepness = tf.mul(inverse, scale);
				const offset = tf.mul(meanOf(tf.mul(sums, scale)), inverse);
				const pull = tf.mul(meanOf(tf.mul(products, scale)), tf.square(inverse));
				const dx = standardizeGradient(tf, { dy, centred, steepness, pull, offset });
				return [dx, tf.sum(products, [0, 1]), tf.sum(sums, [0, 1])];
			},
		};
	});
	return withGradient(x, scale, shift);
}

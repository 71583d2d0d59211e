import type { Tensor } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import { channelSums } from "./channel-sums.ts";
import { kernelOr } from "./traced-kernel.ts";

// Passes of a normalisation over its data, each a kernel of our own; see `kernelOr`. They have no gradients:
// `standardize`, which calls them, brings its own.

export const channelProductsKernel = "FlSimChannelProducts";
export const scaleAndShiftKernel = "FlSimScaleAndShift";
export const standardizeGradientKernel = "FlSimStandardizeGradient";

/** Sums over the rows of a b, both `[blocks, rows, channels]`: `[blocks, 1, channels]`. */
export function channelProducts(tf: TensorFlowJs, a: Tensor, b: Tensor): Tensor {
	return kernelOr(tf, channelProductsKernel, { a, b }, () => channelSums(tf, tf.mul(a, b)));
}

interface ScaleAndShift {
	/** `[blocks, rows, channels]` */
	readonly x: Tensor;
	/** `[blocks, 1, channels]` */
	readonly scale: Tensor;
	/** `[channels]` */
	readonly shift: Tensor;
}

/** x scale + shift, `[blocks, rows, channels]`. */
export function scaleAndShiftRows(tf: TensorFlowJs, { x, scale, shift }: ScaleAndShift): Tensor {
	return kernelOr(tf, scaleAndShiftKernel, { x, scale, shift }, () => tf.add(tf.mul(x, scale), shift));
}

interface StandardizeGradient {
	/** `[blocks, rows, channels]` */
	readonly dy: Tensor;
	/** `[blocks, rows, channels]` */
	readonly centred: Tensor;
	/** `[blocks, 1, channels]`, as are the others. */
	readonly steepness: Tensor;
	readonly pull: Tensor;
	readonly offset: Tensor;
}

/** dy steepness - centred pull - offset, `[blocks, rows, channels]`. */
export function standardizeGradient(tf: TensorFlowJs, inputs: StandardizeGradient): Tensor {
	const { dy, centred, steepness, pull, offset } = inputs;
	return kernelOr(tf, standardizeGradientKernel, { dy, centred, steepness, pull, offset }, () =>
		tf.sub(tf.sub(tf.mul(dy, steepness), tf.mul(centred, pull)), offset),
	);
}

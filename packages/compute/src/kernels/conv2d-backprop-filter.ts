import type { Rank, Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";

interface FilterGradientAttributes {
	readonly strides: number | [number, number];
	readonly pad: "same" | "valid" | number;
	readonly dataFormat: "NHWC" | "NCHW";
	readonly filterShape: [number, number, number, number];
}

/**
 * Gives the `wasm` backend the gradient of a convolution's filter, which it lacks. For each tap (a, b) of the filter,
 * dW[a, b] = X_ab^T dY, where X_ab `[batch * outHeight * outWidth, inChannels]` are the inputs that the tap meets.
 */
export function registerConv2DBackpropFilter(tf: TensorFlowJs): void {
	if (tf.getKernel("Conv2DBackpropFilter", "wasm") !== undefined) return;
	tf.registerKernel({
		kernelName: "Conv2DBackpropFilter",
		backendName: "wasm",
		kernelFunc: ({ inputs, attrs }) =>
			filterGradient(tf, inputs["x"] as Tensor4D, inputs["dy"] as Tensor4D, {
				strides: attrs?.["strides"] as FilterGradientAttributes["strides"],
				pad: attrs?.["pad"] as FilterGradientAttributes["pad"],
				dataFormat: attrs?.["dataFormat"] as FilterGradientAttributes["dataFormat"],
				filterShape: attrs?.["filterShape"] as FilterGradientAttributes["filterShape"],
			}),
	});
}

function filterGradient(
	tf: TensorFlowJs,
	x: Tensor4D,
	dy: Tensor4D,
	attributes: FilterGradientAttributes,
): Tensor {
	const { strides, pad, dataFormat, filterShape } = attributes;
	if (dataFormat !== "NHWC") throw new Error(`Conv2DBackpropFilter: layout ${dataFormat}, expected NHWC`);
	const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad);
	const { padInfo, strideHeight, strideWidth, outHeight, outWidth, outChannels, inChannels } = info;
	return tf.tidy(() => {
		const padded = tf.pad4d(x, [
			[0, 0],
			[padInfo.top, padInfo.bottom],
			[padInfo.left, padInfo.right],
			[0, 0],
		]);
		const gradients = tf.reshape<Rank.R2>(dy, [-1, outChannels]);
		const taps: Tensor2D[] = [];
		for (let a = 0; a < info.filterHeight; a++) {
			for (let b = 0; b < info.filterWidth; b++) {
				const met = tf.stridedSlice(
					padded,
					[0, a, b, 0],
					[
						x.shape[0],
						a + (outHeight - 1) * strideHeight + 1,
						b + (outWidth - 1) * strideWidth + 1,
						inChannels,
					],
					[1, strideHeight, strideWidth, 1],
				);
				// An explicit transpose: products with a transposed operand run in a naive loop on this backend.
				const columns = tf.transpose(tf.reshape<Rank.R2>(met, [-1, inChannels]));
				taps.push(tf.matMul(columns, gradients));
			}
		}
		return tf.reshape(tf.stack(taps), filterShape);
	});
}

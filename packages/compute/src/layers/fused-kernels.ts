import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import { channelSums } from "./channel-sums.ts";

// TensorFlow.js has kernels that add the bias on the way, but its ops around them (`tf.fused`) compute the
// gradient of the input even where nobody asks for it, as in every first layer. Calling the kernels
// directly, with gradients that are computed on demand, takes a third off a softmax step.

type Padding = "same" | "valid";

const matrixKernel = "_FusedMatMul";
const convolutionKernel = "FusedConv2D";

/** x `[n, inputs]` times W `[inputs, units]` plus b `[units]`. Needs `registerFusedGradients` once for a gradient. */
export function affineProduct(
	tf: TensorFlowJs,
	{ x, weight, bias }: { readonly x: Tensor; readonly weight: Tensor; readonly bias: Tensor },
): Tensor {
	const product = runKernel(
		tf,
		matrixKernel,
		{ a: tf.expandDims(x), b: tf.expandDims(weight), bias },
		{ transposeA: false, transposeB: false, activation: "linear" },
	);
	return tf.squeeze(product, [0]);
}

/** Convolution of x `[n, height, width, channels]` plus b `[filters]`. Needs `registerFusedGradients` once for a gradient. */
export function convolutionWithBias(
	tf: TensorFlowJs,
	{
		x,
		weight,
		bias,
		stride,
		padding,
	}: {
		readonly x: Tensor4D;
		readonly weight: Tensor4D;
		readonly bias: Tensor;
		readonly stride: number;
		readonly padding: Padding;
	},
): Tensor {
	return runKernel(
		tf,
		convolutionKernel,
		{ x, filter: weight, bias },
		{
			strides: [stride, stride],
			pad: padding,
			dataFormat: "NHWC",
			dilations: [1, 1],
			activation: "linear",
		},
	);
}

/** Teaches TensorFlow.js the gradients of the two kernels; a second call does nothing. */
export function registerFusedGradients(tf: TensorFlowJs): void {
	if ((tf.getGradient(matrixKernel) as unknown) !== undefined) return;
	tf.registerGradient({
		kernelName: matrixKernel,
		inputsToSave: ["a", "b"],
		gradFunc: (dy, [a, b]) => {
			const slope = dy as Tensor;
			return {
				a: () => tf.matMul(slope, b as Tensor, false, true),
				b: () => tf.matMul(a as Tensor, slope, true, false),
				bias: () => biasGradient(tf, slope),
			};
		},
	});
	tf.registerGradient({
		kernelName: convolutionKernel,
		inputsToSave: ["x", "filter"],
		gradFunc: (dy, [x, filter], attributes) => {
			const slope = dy as Tensor4D;
			const images = x as Tensor4D;
			const { strides, pad } = attributes as { strides: [number, number]; pad: Padding };
			return {
				x: () => tf.conv2dTranspose(slope, filter as Tensor4D, images.shape, strides, pad),
				filter: () =>
					runKernel(
						tf,
						"Conv2DBackpropFilter",
						{ x: images, dy: slope },
						{ strides, pad, dataFormat: "NHWC", filterShape: (filter as Tensor4D).shape },
					),
				bias: () => biasGradient(tf, slope),
			};
		},
	});
}

/** Sum over all but the last dimension. */
function biasGradient(tf: TensorFlowJs, dy: Tensor): Tensor {
	const units = dy.shape.at(-1) as number;
	return tf.reshape(channelSums(tf, tf.reshape(dy, [1, dy.size / units, units])), [units]);
}

function runKernel(
	tf: TensorFlowJs,
	name: string,
	inputs: Readonly<Record<string, Tensor>>,
	attributes: Parameters<ReturnType<TensorFlowJs["engine"]>["runKernel"]>[2],
): Tensor {
	return tf.engine().runKernel<Tensor>(name, inputs, attributes);
}

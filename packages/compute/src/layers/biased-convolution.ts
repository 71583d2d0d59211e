import type { GradConfig, Tensor, Tensor4D } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import { biasGradient } from "./channel-sums.ts";

/** TensorFlow.js's own kernel, which has no gradient there. */
const convolutionKernel = "FusedConv2D";

interface Convolution {
	/** `[n, height, width, channels]` */
	readonly x: Tensor4D;
	/** `[size, size, channels, filters]` */
	readonly weight: Tensor4D;
	/** `[filters]` */
	readonly bias: Tensor;
	readonly stride: number;
	readonly padding: "same" | "valid";
}

/** Convolution plus b, `[n, height, width, filters]`. Needs `registerKernels` once for a gradient. */
export function biasedConvolution(tf: TensorFlowJs, convolution: Convolution): Tensor {
	const { x, weight, bias, stride, padding } = convolution;
	return tf.engine().runKernel<Tensor>(
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

export function convolutionGradient(tf: TensorFlowJs): GradConfig {
	return {
		kernelName: convolutionKernel,
		inputsToSave: ["x", "filter"],
		gradFunc: (dy, saved, attributes) => {
			const slope = dy as Tensor4D;
			const [x, filter] = saved as [Tensor4D, Tensor4D];
			const { strides, pad } = attributes as { strides: [number, number]; pad: "same" | "valid" };
			return {
				x: () => tf.conv2dTranspose(slope, filter, x.shape, strides, pad),
				filter: () =>
					tf
						.engine()
						.runKernel<Tensor>(
							"Conv2DBackpropFilter",
							{ x, dy: slope },
							{ strides, pad, dataFormat: "NHWC", filterShape: filter.shape },
						),
				bias: () => biasGradient(tf, slope),
			};
		},
	};
}

import type { MaxPoolGradAttrs, TensorInfo } from "@tensorflow/tfjs";
import type { ConvolutionShape } from "./convolution-shape.ts";
import { type Kernel, type KernelCall, runRoutine } from "./kernel.ts";
import { averagePoolGradient, maxPoolGradient } from "./pooling-gradient-routine.ts";

interface PoolInputs {
	/** `[n, outHeight, outWidth, channels]` */
	readonly dy: TensorInfo;
	/** `[n, height, width, channels]` */
	readonly input: TensorInfo;
}

type PoolAttributes = Omit<MaxPoolGradAttrs, "dimRoundingMode"> & Partial<MaxPoolGradAttrs>;

/**
 * Gradient of max pooling. TensorFlow.js 4.22's own kernel loses it where a window holds negative values only.
 */
export const maxPoolGrad: Kernel<PoolInputs & { readonly output: TensorInfo }, PoolAttributes> = (call) => {
	const { input, output, dy } = call.inputs;
	return runRoutine(call, maxPoolGradient(poolShape(call)), [input, output, dy], input.shape);
};

/** Gradient of average pooling. */
export const avgPoolGrad: Kernel<PoolInputs, PoolAttributes> = (call) =>
	runRoutine(call, averagePoolGradient(poolShape(call)), [call.inputs.dy], call.inputs.input.shape);

function poolShape({ tf, inputs, attrs }: KernelCall<PoolInputs, PoolAttributes>): ConvolutionShape {
	return tf.backend_util.computePool2DInfo(
		inputs.input.shape as [number, number, number, number],
		attrs.filterSize,
		attrs.strides,
		1,
		attrs.pad,
		attrs.dimRoundingMode,
	);
}

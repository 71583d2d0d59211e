import type { Conv2DBackpropFilterAttrs, TensorInfo } from "@tensorflow/tfjs";
import { convolutionFilterGradient } from "./convolution-filter-gradient-routine.ts";
import { convolutionShape } from "./convolution-shape.ts";
import { type Kernel, runRoutine } from "./kernel.ts";

interface FilterGradientInputs {
	/** `[n, height, width, channels]` */
	readonly x: TensorInfo;
	/** `[n, outHeight, outWidth, outChannels]` */
	readonly dy: TensorInfo;
}

/** Gradient of a convolution's filter, `[filterHeight, filterWidth, channels, outChannels]`. */
export const conv2dBackpropFilter: Kernel<FilterGradientInputs, Conv2DBackpropFilterAttrs> = (call) => {
	const { x, dy } = call.inputs;
	const { filterShape } = call.attrs;
	const shape = convolutionShape(call.tf, call.attrs, { x: x.shape, filter: filterShape });
	return runRoutine(call, convolutionFilterGradient(shape), [x, dy], filterShape);
};

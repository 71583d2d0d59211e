import type { Conv2DBackpropInputAttrs, TensorInfo } from "@tensorflow/tfjs";
import { convolutionInputGradient } from "./convolution-input-gradient-routine.ts";
import { convolutionShape } from "./convolution-shape.ts";
import { type Kernel, runRoutine } from "./kernel.ts";

interface InputGradientInputs {
	/** `[n, outHeight, outWidth, outChannels]` */
	readonly dy: TensorInfo;
	/** `[filterHeight, filterWidth, channels, outChannels]` */
	readonly filter: TensorInfo;
}

/** Gradient of a convolution's input, `[n, height, width, channels]`. */
export const conv2dBackpropInput: Kernel<InputGradientInputs, Conv2DBackpropInputAttrs> = (call) => {
	const { dy, filter } = call.inputs;
	const { inputShape } = call.attrs;
	const shape = convolutionShape(call.tf, call.attrs, { x: inputShape, filter: filter.shape });
	return runRoutine(call, convolutionInputGradient(shape), [dy, filter], inputShape);
};

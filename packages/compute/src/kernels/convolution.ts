import type { Conv2DAttrs, TensorInfo } from "@tensorflow/tfjs";
import { convolution } from "./convolution-routine.ts";
import { convolutionShape } from "./convolution-shape.ts";
import { activate, type FusedAttributes, type FusedInputs } from "./fused-activation.ts";
import { biasOperand } from "./fused-bias.ts";
import { type Kernel, type KernelCall, runRoutine } from "./kernel.ts";

interface ConvolutionInputs {
	/** `[n, height, width, channels]` */
	readonly x: TensorInfo;
	/** `[filterHeight, filterWidth, channels, outChannels]` */
	readonly filter: TensorInfo;
}

/** Convolution, `[n, outHeight, outWidth, outChannels]`. */
export const conv2d: Kernel<ConvolutionInputs, Conv2DAttrs> = (call) => convolve(call, undefined);

/** The same with one bias for each output channel and an activation. */
export const fusedConv2d: Kernel<ConvolutionInputs & FusedInputs, Conv2DAttrs & FusedAttributes> = (call) =>
	activate(call, convolve(call, call.inputs.bias));

function convolve(
	call: KernelCall<ConvolutionInputs, Conv2DAttrs>,
	bias: TensorInfo | undefined,
): TensorInfo {
	const { x, filter } = call.inputs;
	const shape = convolutionShape(call.tf, call.attrs, { x: x.shape, filter: filter.shape });
	const tensors = [x, filter, ...biasOperand(bias, shape.outChannels)];
	return runRoutine(call, convolution(shape, bias !== undefined), tensors, shape.outShape);
}

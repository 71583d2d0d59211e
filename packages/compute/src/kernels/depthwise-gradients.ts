import type {
	DepthwiseConv2dNativeBackpropFilterAttrs,
	DepthwiseConv2dNativeBackpropInputAttrs,
	TensorInfo,
} from "@tensorflow/tfjs";
import { convolutionShape } from "./convolution-shape.ts";
import { inputWindow } from "./convolution-window.ts";
import type { Kernel } from "./kernel.ts";
import type { Address } from "./simd.ts";
import { addressOf } from "./wasm-backend.ts";
import { windowBytes, windowWriter } from "./window.ts";

/** Gradient of a depthwise convolution's input, `[n, height, width, channels]`. */
export const depthwiseConv2dBackpropInput: Kernel<
	{
		/** `[n, outHeight, outWidth, channels multiplier]` */
		readonly dy: TensorInfo;
		/** `[filterHeight, filterWidth, channels, multiplier]` */
		readonly filter: TensorInfo;
	},
	DepthwiseConv2dNativeBackpropInputAttrs
> = ({ tf, backend, simd, workspace, inputs, attrs }) => {
	const { dy, filter } = inputs;
	const shape = convolutionShape(tf, attrs, { x: attrs.inputShape, filter: filter.shape, depthwise: true });
	const dx = backend.makeOutput(attrs.inputShape, "float32");
	const [window] = workspace.reserve(windowBytes) as [Address];
	windowWriter(backend.wasm.asm.memory, window, inputWindow(shape, addressOf(backend, dx)))();
	simd.depthwiseInputGradient(
		window,
		addressOf(backend, filter),
		addressOf(backend, dy),
		filter.shape[3] as number,
		addressOf(backend, dx),
	);
	return dx;
};

/** Gradient of a depthwise convolution's filter, `[filterHeight, filterWidth, channels, multiplier]`. */
export const depthwiseConv2dBackpropFilter: Kernel<
	{
		/** `[n, height, width, channels]` */
		readonly x: TensorInfo;
		/** `[n, outHeight, outWidth, channels multiplier]` */
		readonly dy: TensorInfo;
	},
	DepthwiseConv2dNativeBackpropFilterAttrs
> = ({ tf, backend, simd, workspace, inputs, attrs }) => {
	const { x, dy } = inputs;
	const shape = convolutionShape(tf, attrs, { x: x.shape, filter: attrs.filterShape, depthwise: true });
	const out = backend.makeOutput(attrs.filterShape, "float32");
	const [window] = workspace.reserve(windowBytes) as [Address];
	windowWriter(backend.wasm.asm.memory, window, inputWindow(shape, addressOf(backend, x)))();
	simd.depthwiseFilterGradient(window, addressOf(backend, dy), attrs.filterShape[3], addressOf(backend, out));
	return out;
};

import type { Conv2DAttrs, TensorInfo } from "@tensorflow/tfjs";
import { biasBytes, writeBias } from "./bias.ts";
import { type ConvolutionShape, convolutionShape } from "./convolution-shape.ts";
import { activate, type FusedAttributes, type FusedInputs } from "./fused-activation.ts";
import type { Kernel, KernelCall } from "./kernel.ts";
import { type Address, panelBytes, roundUp, tileBytes, tileRows } from "./simd.ts";
import { addressOf } from "./wasm-backend.ts";
import { type Window, windowBytes, writeWindow } from "./window.ts";

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
	const { tf, backend, simd, workspace, inputs, attrs } = call;
	const { x, filter } = inputs;
	const shape = convolutionShape(tf, attrs, { x: x.shape, filter: filter.shape });
	const out = backend.makeOutput(shape.outShape, "float32");
	const taps = shape.filterHeight * shape.filterWidth * shape.inChannels;
	const [window, padded, panels, start, places, tile] = workspace.reserve(
		windowBytes,
		paddedBytes(shape),
		panelBytes(taps, shape.outChannels),
		biasBytes(shape.outChannels),
		placesBytes(shape.outHeight * shape.outWidth),
		tileBytes,
	) as [Address, Address, Address, Address, Address, Address];
	simd.packPanels(addressOf(backend, filter), taps, shape.outChannels * 4, shape.outChannels, 4, panels);
	writeBias(backend, bias, { at: start, length: shape.outChannels });
	writeWindow(backend, window, inputWindow(shape, addressOf(backend, x), padded));
	simd.windowProduct(
		window,
		panels,
		shape.outChannels,
		start,
		addressOf(backend, out),
		shape.outHeight * shape.outWidth * shape.outChannels * 4,
		shape.outWidth * shape.outChannels * 4,
		shape.outChannels * 4,
		places,
		tile,
	);
	return out;
}

/** The bytes of the offsets of that many positions, filled up to whole tiles. */
export function placesBytes(positions: number): number {
	return roundUp(positions, tileRows) * 8;
}

/** The bytes of one padded input image. */
export function paddedBytes(shape: ConvolutionShape): number {
	const [height, width] = paddedExtents(shape);
	return height * width * shape.inChannels * 4;
}

/** Rounded up, the last position may reach beyond the padding. */
function paddedExtents(shape: ConvolutionShape): [height: number, width: number] {
	const { padInfo } = shape;
	return [
		Math.max(
			shape.inHeight + padInfo.top + padInfo.bottom,
			(shape.outHeight - 1) * shape.strideHeight + shape.effectiveFilterHeight,
		),
		Math.max(
			shape.inWidth + padInfo.left + padInfo.right,
			(shape.outWidth - 1) * shape.strideWidth + shape.effectiveFilterWidth,
		),
	];
}

/** A convolution's filter on its input. `padded` is room for padded images, for functions that need them. */
export function inputWindow(shape: ConvolutionShape, x: Address, padded: Address = 0): Window {
	const { padInfo } = shape;
	const [paddedHeight, paddedWidth] = paddedExtents(shape);
	const isPadded = paddedHeight > shape.inHeight || paddedWidth > shape.inWidth;
	return {
		images: shape.batchSize,
		source: x,
		height: shape.inHeight,
		width: shape.inWidth,
		channels: shape.inChannels,
		padded: isPadded ? padded : 0,
		paddedHeight,
		paddedWidth,
		padTop: padInfo.top,
		padLeft: padInfo.left,
		originRow: 0,
		originColumn: 0,
		rows: shape.outHeight,
		columns: shape.outWidth,
		rowStride: shape.strideHeight,
		columnStride: shape.strideWidth,
		tapRows: shape.filterHeight,
		tapColumns: shape.filterWidth,
		tapRowStep: shape.dilationHeight,
		tapColumnStep: shape.dilationWidth,
	};
}

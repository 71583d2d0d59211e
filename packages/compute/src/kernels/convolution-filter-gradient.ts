import type { Conv2DBackpropFilterAttrs, TensorInfo } from "@tensorflow/tfjs";
import { inputWindow, paddedBytes } from "./convolution.ts";
import { convolutionShape } from "./convolution-shape.ts";
import type { Kernel } from "./kernel.ts";
import { type Address, roundUp, tileColumns, tileRows } from "./simd.ts";
import { addressOf } from "./wasm-backend.ts";
import { windowBytes, writeWindow } from "./window.ts";

/** Positions whose products are summed in one go: their packed values fit the L1 cache. */
const positionsAtOnce = 256;

interface FilterGradientInputs {
	/** `[n, height, width, channels]` */
	readonly x: TensorInfo;
	/** `[n, outHeight, outWidth, outChannels]` */
	readonly dy: TensorInfo;
}

/** Gradient of a convolution's filter, `[filterHeight, filterWidth, channels, outChannels]`. */
export const conv2dBackpropFilter: Kernel<FilterGradientInputs, Conv2DBackpropFilterAttrs> = (call) => {
	const { tf, backend, simd, workspace, inputs, attrs } = call;
	const { x, dy } = inputs;
	const shape = convolutionShape(tf, attrs, { x: x.shape, filter: attrs.filterShape });
	const out = backend.makeOutput(attrs.filterShape, "float32");
	const taps = shape.filterHeight * shape.filterWidth * shape.inChannels;
	const positions = shape.outHeight * shape.outWidth;
	if (shape.batchSize * positions === 0) {
		backend.typedArrayFromHeap(out).fill(0);
		return out;
	}
	const group = Math.max(1, Math.floor(positionsAtOnce / positions));
	const [window, padded, offsets, panel, sums] = workspace.reserve(
		windowBytes,
		paddedBytes(shape) * group,
		taps * 4,
		group * positions * tileColumns * 4,
		roundUp(shape.outChannels, tileRows) * roundUp(taps, tileColumns) * 4,
	) as [Address, Address, Address, Address, Address];
	writeWindow(backend, window, inputWindow(shape, addressOf(backend, x), padded));
	simd.windowOuterProduct(
		window,
		addressOf(backend, dy),
		shape.outChannels,
		group,
		offsets,
		panel,
		sums,
		addressOf(backend, out),
	);
	return out;
};

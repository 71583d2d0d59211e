import type { ConvolutionShape } from "./convolution-shape.ts";
import { inputWindow, paddedBytes } from "./convolution-window.ts";
import { fillRoutine } from "./fill-routine.ts";
import type { Routine } from "./routine.ts";
import { type Address, roundUp, tileColumns, tileRows } from "./simd.ts";
import { windowBytes, windowWriter } from "./window.ts";

/** Positions whose products are summed in one go: their packed values fit the L1 cache. */
const positionsAtOnce = 256;

/**
 * Gradient of a convolution's filter. Operands: x `[n, height, width, channels]`, dy
 * `[n, outHeight, outWidth, outChannels]` and the result `[filterHeight, filterWidth, channels, outChannels]`.
 */
export function convolutionFilterGradient(shape: ConvolutionShape): Routine {
	const { outChannels } = shape;
	const taps = shape.filterHeight * shape.filterWidth * shape.inChannels;
	const positions = shape.outHeight * shape.outWidth;
	if (shape.batchSize * positions === 0) return fillRoutine(taps * outChannels, 0);
	const group = Math.max(1, Math.floor(positionsAtOnce / positions));
	return {
		scratch: [
			windowBytes,
			paddedBytes(shape) * group,
			taps * 4,
			group * positions * tileColumns * 4,
			roundUp(outChannels, tileRows) * roundUp(taps, tileColumns) * 4,
		],
		bind({ memory, simd }, operands, scratch) {
			const [x, dy, out] = operands as readonly [Address, Address, Address];
			const [window, padded, offsets, panel, sums] = scratch as readonly [
				Address,
				Address,
				Address,
				Address,
				Address,
			];
			const writeWindow = windowWriter(memory, window, inputWindow(shape, x, padded));
			return () => {
				writeWindow();
				simd.windowOuterProduct(window, dy, outChannels, group, offsets, panel, sums, out);
			};
		},
	};
}

import { biasBytes, biasWriter } from "./bias.ts";
import type { ConvolutionShape } from "./convolution-shape.ts";
import { inputWindow, paddedBytes, placesBytes } from "./convolution-window.ts";
import type { Routine } from "./routine.ts";
import { type Address, panelBytes, tileBytes } from "./simd.ts";
import { windowBytes, windowWriter } from "./window.ts";

/**
 * Convolution. Operands: x `[n, height, width, channels]`, the filter
 * `[filterHeight, filterWidth, channels, outChannels]`, the bias `[outChannels]` if there is one, and the result
 * `[n, outHeight, outWidth, outChannels]`.
 */
export function convolution(shape: ConvolutionShape, bias: boolean): Routine {
	const { outHeight, outWidth, outChannels } = shape;
	const taps = shape.filterHeight * shape.filterWidth * shape.inChannels;
	return {
		scratch: [
			windowBytes,
			paddedBytes(shape),
			panelBytes(taps, outChannels),
			biasBytes(outChannels),
			placesBytes(outHeight * outWidth),
			tileBytes,
		],
		bind({ memory, simd }, operands, scratch) {
			const [x, filter] = operands as readonly [Address, Address];
			const out = operands.at(-1) as Address;
			const [window, padded, panels, start, places, tile] = scratch as readonly [
				Address,
				Address,
				Address,
				Address,
				Address,
				Address,
			];
			const writeBias = biasWriter(memory, bias ? operands[2] : undefined, {
				at: start,
				length: outChannels,
			});
			const writeWindow = windowWriter(memory, window, inputWindow(shape, x, padded));
			return () => {
				simd.packPanels(filter, taps, outChannels * 4, outChannels, 4, panels);
				writeBias();
				writeWindow();
				simd.windowProduct(
					window,
					panels,
					outChannels,
					start,
					out,
					outHeight * outWidth * outChannels * 4,
					outWidth * outChannels * 4,
					outChannels * 4,
					places,
					tile,
				);
			};
		},
	};
}

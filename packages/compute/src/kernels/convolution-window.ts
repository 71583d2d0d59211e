import type { ConvolutionShape } from "./convolution-shape.ts";
import { type Address, roundUp, tileRows } from "./simd.ts";
import { slidingWindow } from "./sliding-shape.ts";
import type { Window } from "./window.ts";

/** The bytes of the offsets of that many positions, filled up to whole tiles. */
export function placesBytes(positions: number): number {
	return roundUp(positions, tileRows) * 8;
}

/** The bytes of one padded input image; 0 if the images need no padding. */
export function paddedBytes(shape: ConvolutionShape): number {
	const { height, width, isPadded } = paddedExtents(shape);
	return isPadded ? height * width * shape.inChannels * 4 : 0;
}

/** Rounded up, the last position may reach beyond the padding. */
function paddedExtents(shape: ConvolutionShape): { height: number; width: number; isPadded: boolean } {
	const { padInfo, inHeight, inWidth } = shape;
	const height = Math.max(
		inHeight + padInfo.top + padInfo.bottom,
		(shape.outHeight - 1) * shape.strideHeight + shape.effectiveFilterHeight,
	);
	const width = Math.max(
		inWidth + padInfo.left + padInfo.right,
		(shape.outWidth - 1) * shape.strideWidth + shape.effectiveFilterWidth,
	);
	return { height, width, isPadded: height > inHeight || width > inWidth };
}

/** A convolution's filter on its input. `padded` is room for padded images, for functions that need them. */
export function inputWindow(shape: ConvolutionShape, x: Address, padded: Address = 0): Window {
	const { height, width, isPadded } = paddedExtents(shape);
	return {
		...slidingWindow(shape, shape.batchSize),
		source: x,
		padded: isPadded ? padded : 0,
		paddedHeight: height,
		paddedWidth: width,
	};
}

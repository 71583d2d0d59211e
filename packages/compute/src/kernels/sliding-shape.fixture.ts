import fc from "fast-check";
import type { SlidingShape } from "./sliding-shape.ts";

const pads = fc.integer({ min: 0, max: 3 });

/** Slides of small windows over small images: of any stride and padding, also beyond the image's end. */
export const slidingShapes: fc.Arbitrary<SlidingShape> = fc
	.record({
		inHeight: fc.integer({ min: 1, max: 9 }),
		inWidth: fc.integer({ min: 1, max: 9 }),
		inChannels: fc.constantFrom(1, 2, 3, 4, 5, 6, 8, 11, 16, 20),
		filterHeight: fc.integer({ min: 1, max: 5 }),
		filterWidth: fc.integer({ min: 1, max: 5 }),
		strideHeight: fc.integer({ min: 1, max: 4 }),
		strideWidth: fc.integer({ min: 1, max: 4 }),
		padInfo: fc.record({ top: pads, left: pads, bottom: pads, right: pads }),
	})
	.map((shape) => ({
		...shape,
		dilationHeight: 1,
		dilationWidth: 1,
		outHeight: positions(
			shape.inHeight + shape.padInfo.top + shape.padInfo.bottom,
			shape.filterHeight,
			shape.strideHeight,
		),
		outWidth: positions(
			shape.inWidth + shape.padInfo.left + shape.padInfo.right,
			shape.filterWidth,
			shape.strideWidth,
		),
	}));

function positions(extent: number, taps: number, stride: number): number {
	return Math.max(Math.floor((extent - taps) / stride) + 1, 0);
}

import type { ConvolutionShape } from "./convolution-shape.ts";
import type { Slide } from "./simd.ts";

/** What a window's slide over images takes of the shape of a convolution or of pooling. */
export interface SlidingShape
	extends Pick<
		ConvolutionShape,
		| "inHeight"
		| "inWidth"
		| "inChannels"
		| "outHeight"
		| "outWidth"
		| "strideHeight"
		| "strideWidth"
		| "filterHeight"
		| "filterWidth"
		| "dilationHeight"
		| "dilationWidth"
	> {
	readonly padInfo: Pick<ConvolutionShape["padInfo"], "top" | "left">;
}

/** The slide of a window without gaps between its taps. */
export function slide(shape: SlidingShape): Slide {
	if (shape.dilationHeight !== 1 || shape.dilationWidth !== 1) {
		throw new Error(`window with dilations ${shape.dilationHeight} and ${shape.dilationWidth}, expected 1`);
	}
	return [
		shape.inHeight,
		shape.inWidth,
		shape.inChannels,
		shape.outHeight,
		shape.outWidth,
		shape.strideHeight,
		shape.strideWidth,
		shape.filterHeight,
		shape.filterWidth,
		shape.padInfo.top,
		shape.padInfo.left,
	];
}

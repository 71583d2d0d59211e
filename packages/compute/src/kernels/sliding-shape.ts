import type { ConvolutionShape } from "./convolution-shape.ts";
import type { Window } from "./window.ts";

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

/** The window of a shape on so many images, for functions that do not pad them and are told where they lie. */
export function slidingWindow(shape: SlidingShape, images: number): Window {
	return {
		images,
		source: 0,
		height: shape.inHeight,
		width: shape.inWidth,
		channels: shape.inChannels,
		padded: 0,
		paddedHeight: shape.inHeight,
		paddedWidth: shape.inWidth,
		padTop: shape.padInfo.top,
		padLeft: shape.padInfo.left,
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

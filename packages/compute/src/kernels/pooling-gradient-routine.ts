import type { ConvolutionShape } from "./convolution-shape.ts";
import { inputWindow } from "./convolution-window.ts";
import type { Routine } from "./routine.ts";
import type { Address } from "./simd.ts";
import { windowBytes, windowWriter } from "./window.ts";

/**
 * Gradient of max pooling: the first of equal maxima gets all of it. Operands: x and the result
 * `[n, height, width, channels]`, between them what pooling made of x and that one's gradient, both
 * `[n, outHeight, outWidth, channels]`.
 */
export function maxPoolGradient(shape: ConvolutionShape): Routine {
	return {
		scratch: [windowBytes],
		bind({ memory, simd }, operands, scratch) {
			const [x, output, dy, dx] = operands as readonly [Address, Address, Address, Address];
			const [window] = scratch as readonly [Address];
			const writeWindow = windowWriter(memory, window, inputWindow(shape, x));
			return () => {
				writeWindow();
				simd.maxPoolGradient(window, output, dy, dx);
			};
		},
	};
}

/**
 * Gradient of average pooling, which does not count padding. Operands: dy `[n, outHeight, outWidth, channels]` and
 * the result `[n, height, width, channels]`.
 */
export function averagePoolGradient(shape: ConvolutionShape): Routine {
	return {
		scratch: [windowBytes],
		bind({ memory, simd }, operands, scratch) {
			const [dy, dx] = operands as readonly [Address, Address];
			const [window] = scratch as readonly [Address];
			const writeWindow = windowWriter(memory, window, inputWindow(shape, dx));
			return () => {
				writeWindow();
				simd.averagePoolGradient(window, dy, dx);
			};
		},
	};
}

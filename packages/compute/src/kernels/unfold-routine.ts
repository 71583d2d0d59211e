import type { Routine } from "./routine.ts";
import type { Address } from "./simd.ts";
import { type SlidingShape, slide } from "./sliding-shape.ts";

/**
 * Patches of `images` images under a window, with zeros where it leaves them: operands x
 * `[images, height, width, channels]` and the result `[images outHeight outWidth, filterHeight filterWidth channels]`.
 * The window may not be dilated.
 */
export function unfoldRoutine(shape: SlidingShape, images: number): Routine {
	const window = slide(shape);
	return {
		scratch: [],
		bind: ({ simd }, operands) => {
			const [x, rows] = operands as readonly [Address, Address];
			return () => simd.unfold(x, rows, images, ...window);
		},
	};
}

/** The transpose of `unfoldRoutine`, which is also its gradient: operands rows and the result, dx. */
export function foldRoutine(shape: SlidingShape, images: number): Routine {
	const window = slide(shape);
	return {
		scratch: [],
		bind: ({ simd }, operands) => {
			const [rows, dx] = operands as readonly [Address, Address];
			return () => simd.fold(rows, dx, images, ...window);
		},
	};
}

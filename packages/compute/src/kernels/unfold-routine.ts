import type { Routine } from "./routine.ts";
import { slidingRoutine } from "./sliding-routine.ts";
import type { SlidingShape } from "./sliding-shape.ts";

/**
 * Patches of `images` images under a window, with zeros where it leaves them: operands x
 * `[images, height, width, channels]` and the result `[images outHeight outWidth, filterHeight filterWidth channels]`.
 * The window may not be dilated. The scratch is one piece of `windowBytes`.
 */
export function unfoldRoutine(shape: SlidingShape, images: number): Routine {
	return slidingRoutine("unfold", shape, images);
}

/** The transpose of `unfoldRoutine`, which is also its gradient, with its scratch: operands rows and the result, dx. */
export function foldRoutine(shape: SlidingShape, images: number): Routine {
	return slidingRoutine("fold", shape, images);
}

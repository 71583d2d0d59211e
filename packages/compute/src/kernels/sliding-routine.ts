import type { Routine } from "./routine.ts";
import type { Address, SimdFunctions } from "./simd.ts";
import { type SlidingShape, slidingWindow } from "./sliding-shape.ts";
import { windowBytes, windowWriter } from "./window.ts";

export type SlidingFunction = keyof Pick<SimdFunctions, "unfold" | "fold" | "maxPool" | "averagePool">;

/**
 * A function that slides a window over `images` images: one operand and the result. Its scratch is one piece of
 * `windowBytes`. The window may not be dilated.
 */
export function slidingRoutine(name: SlidingFunction, shape: SlidingShape, images: number): Routine {
	if (shape.dilationHeight !== 1 || shape.dilationWidth !== 1) {
		throw new Error(`window with dilations ${shape.dilationHeight} and ${shape.dilationWidth}, expected 1`);
	}
	return {
		scratch: [windowBytes],
		bind({ memory, simd }, operands, scratch) {
			const [from, to] = operands as readonly [Address, Address];
			const [window] = scratch as readonly [Address];
			const writeWindow = windowWriter(memory, window, slidingWindow(shape, images));
			const apply = simd[name];
			return () => {
				writeWindow();
				apply(window, from, to);
			};
		},
	};
}

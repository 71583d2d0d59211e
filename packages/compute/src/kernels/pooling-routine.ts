import type { Routine } from "./routine.ts";
import type { Address } from "./simd.ts";
import { type SlidingShape, slide } from "./sliding-shape.ts";

/** The shape of pooling, as TensorFlow.js computes it. The window may not be dilated. */
export interface PoolingShape extends SlidingShape {
	readonly batchSize: number;
}

/**
 * Max pooling: operands x `[n, height, width, channels]` and the result `[n, outHeight, outWidth, channels]`. Values
 * that are not a number are passed over.
 */
export function maxPoolRoutine(shape: PoolingShape): Routine {
	const window = slide(shape);
	return {
		scratch: [],
		bind: ({ simd }, operands) => {
			const [x, out] = operands as readonly [Address, Address];
			return () => simd.maxPool(x, out, shape.batchSize, ...window);
		},
	};
}

/** Average pooling, which does not count padding, with the operands of `maxPoolRoutine`. */
export function averagePoolRoutine(shape: PoolingShape): Routine {
	const window = slide(shape);
	return {
		scratch: [],
		bind: ({ simd }, operands) => {
			const [x, out] = operands as readonly [Address, Address];
			return () => simd.averagePool(x, out, shape.batchSize, ...window);
		},
	};
}

import type { Routine } from "./routine.ts";
import { slidingRoutine } from "./sliding-routine.ts";
import type { SlidingShape } from "./sliding-shape.ts";

/** The shape of pooling, as TensorFlow.js computes it. The window may not be dilated. */
export interface PoolingShape extends SlidingShape {
	readonly batchSize: number;
}

/**
 * Max pooling: operands x `[n, height, width, channels]` and the result `[n, outHeight, outWidth, channels]`. Values
 * that are not a number are passed over.
 */
export function maxPoolRoutine(shape: PoolingShape): Routine {
	return slidingRoutine("maxPool", shape, shape.batchSize);
}

/** Average pooling, which does not count padding, with the operands of `maxPoolRoutine`. */
export function averagePoolRoutine(shape: PoolingShape): Routine {
	return slidingRoutine("averagePool", shape, shape.batchSize);
}

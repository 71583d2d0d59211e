import type { Routine } from "./routine.ts";
import type { Address } from "./simd.ts";
import { unaryRoutine } from "./unary-routine.ts";

/** max(x, 0): operands x and the result, which may be x. What is not a number stays so. */
export function reluRoutine(size: number): Routine {
	return unaryRoutine("relu", size);
}

/** 1 where x > 0, else 0: operands x and the result, which may be x. What is not a number stays so. */
export function stepRoutine(size: number): Routine {
	return unaryRoutine("step", size);
}

/** Gradient of `reluRoutine`: operands its result y, dy, and the result, dy where y > 0 and else 0; it may be dy. */
export function reluGradientRoutine(size: number): Routine {
	return {
		scratch: [],
		bind: ({ simd }, operands) => {
			const [y, dy, dx] = operands as readonly [Address, Address, Address];
			return () => simd.reluGradient(y, dy, size, dx);
		},
	};
}

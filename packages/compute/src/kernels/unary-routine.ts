import type { Routine } from "./routine.ts";
import type { Address } from "./simd.ts";

type UnaryFunction = "relu" | "step" | "square" | "rsqrt";

/** A function of each of `size` values: operands x and the result, which may be x. */
export function unaryRoutine(name: UnaryFunction, size: number): Routine {
	return {
		scratch: [],
		bind: ({ simd }, operands) => {
			const [x, out] = operands as readonly [Address, Address];
			const apply = simd[name];
			return () => apply(x, size, out);
		},
	};
}

/** x² */
export function squareRoutine(size: number): Routine {
	return unaryRoutine("square", size);
}

/** 1 / sqrt(x) */
export function rsqrtRoutine(size: number): Routine {
	return unaryRoutine("rsqrt", size);
}

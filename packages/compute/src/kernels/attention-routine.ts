import type { Routine } from "./routine.ts";
import type { Address } from "./simd.ts";

/** Causal softmax of `[batch, asking, positions]`, where the last positions ask. Operands: x and the result, which may be x. */
export function causalSoftmaxRoutine(batch: number, asking: number, positions: number): Routine {
	return {
		scratch: [],
		bind({ simd }, operands) {
			const [x, out] = operands as readonly [Address, Address];
			return () => simd.causalSoftmax(x, batch, asking, positions, out);
		},
	};
}

/** Gradient of a softmax by rows. Operands: its result y, dy, and the result, which may be dy. */
export function softmaxGradientRoutine(rows: number, columns: number): Routine {
	return {
		scratch: [],
		bind({ simd }, operands) {
			const [y, dy, out] = operands as readonly [Address, Address, Address];
			return () => simd.softmaxGradient(y, dy, rows, columns, out);
		},
	};
}

/** `[outer, a, b, inner]` to `[outer, b, a, inner]`. Operands: x and the result. */
export function swapMiddleRoutine([outer = 1, a = 1, b = 1, inner = 1]: readonly number[]): Routine {
	return {
		scratch: [],
		bind({ simd }, operands) {
			const [x, out] = operands as readonly [Address, Address];
			return () => simd.swapMiddle(x, outer, a, b, inner, out);
		},
	};
}

import type { Routine } from "./routine.ts";
import type { Address } from "./simd.ts";

/** tanh of that many values. Operands: x, out. */
export function tanhRoutine(size: number): Routine {
	return {
		scratch: [],
		bind({ simd }, operands) {
			const [x, out] = operands as readonly [Address, Address];
			return () => simd.tanh(x, x + size * 4, out);
		},
	};
}

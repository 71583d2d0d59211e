import type { Routine } from "./routine.ts";
import type { Address } from "./simd.ts";

/** Normalisation by rows of `[rows, channels]`. Operands: x, scale, shift and the result. */
export function layerNormRoutine(rows: number, channels: number): Routine {
	return {
		scratch: [],
		bind({ simd }, operands) {
			const [x, scale, shift, out] = operands as readonly [Address, Address, Address, Address];
			return () => simd.layerNorm(x, rows, channels, scale, shift, out);
		},
	};
}

/** Its gradient by x. Operands: x, dy, scale and the result. */
export function layerNormGradientRoutine(rows: number, channels: number): Routine {
	return {
		scratch: [],
		bind({ simd }, operands) {
			const [x, dy, scale, out] = operands as readonly [Address, Address, Address, Address];
			return () => simd.layerNormGradient(x, dy, rows, channels, scale, out);
		},
	};
}

/** Its gradient by the scale. Operands: x, dy and the result, `[channels]`. */
export function layerNormScaleGradientRoutine(rows: number, channels: number): Routine {
	return {
		scratch: [],
		bind({ simd }, operands) {
			const [x, dy, out] = operands as readonly [Address, Address, Address];
			return () => simd.layerNormScaleGradient(x, dy, rows, channels, out);
		},
	};
}

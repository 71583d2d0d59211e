import type { Routine } from "./routine.ts";
import type { Address } from "./simd.ts";

/**
 * x scale + shift: operands x `[blocks, rows, channels]`, scale `[blocks, channels]`, shift `[channels]` and the
 * result, which may be x.
 */
export function scaleAndShiftRoutine(blocks: number, rows: number, channels: number): Routine {
	return {
		scratch: [],
		bind: ({ simd }, operands) => {
			const [x, scale, shift, out] = operands as readonly [Address, Address, Address, Address];
			return () => simd.scaleAndShift(x, scale, shift, blocks, rows, channels, out);
		},
	};
}

/**
 * dy steepness - centred pull - offset: operands dy and centred `[blocks, rows, channels]`, steepness, pull and
 * offset `[blocks, channels]`, and the result, which may be dy or centred.
 */
export function standardizeGradientRoutine(blocks: number, rows: number, channels: number): Routine {
	return {
		scratch: [],
		bind: ({ simd }, operands) => {
			const [dy, centred, steepness, pull, offset, dx] = operands as readonly [
				Address,
				Address,
				Address,
				Address,
				Address,
				Address,
			];
			return () => simd.standardizeGradient(dy, centred, steepness, pull, offset, blocks, rows, channels, dx);
		},
	};
}

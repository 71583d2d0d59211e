import type { Vector } from "./vector.ts";

/** Sums of scaled vectors, in float64. A sum that was used up must not be read again: its memory may be another's. */
export interface SumArithmetic {
	/** A x, a new sum `[d]`. */
	readonly scaled: (a: number, x: Vector) => Float64Array;
	/** sum <- sum + a x. */
	readonly addScaled: (sum: Float64Array, a: number, x: Vector) => void;
	/** left <- left + right; uses `right` up. */
	readonly add: (left: Float64Array, right: Float64Array) => void;
	/** The sum divided by `divisor` and rounded to float32, a new vector `[d]`; uses `sum` up. */
	readonly divided: (sum: Float64Array, divisor: number) => Vector;
}

/** In plain JavaScript; the SIMD functions give the same bits. */
export const plainSums: SumArithmetic = {
	scaled(a, x) {
		const sum = new Float64Array(x.length);
		for (let i = 0; i < x.length; i++) sum[i] = a * (x[i] as number);
		return sum;
	},
	addScaled(sum, a, x) {
		for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + a * (x[i] as number);
	},
	add(left, right) {
		for (let i = 0; i < left.length; i++) left[i] = (left[i] as number) + (right[i] as number);
	},
	divided(sum, divisor) {
		const result = new Float32Array(sum.length);
		for (let i = 0; i < sum.length; i++) result[i] = (sum[i] as number) / divisor;
		return result;
	},
};

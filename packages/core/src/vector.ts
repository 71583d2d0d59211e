/** Parameters, gradients, deltas, masks: one flat array over a `Layout`, `[d]`. */
export type Vector = Float32Array;

export function zeros(length: number): Vector {
	return new Float32Array(length);
}

/** x - y, a new vector. */
export function subtract(x: Vector, y: Vector): Vector {
	const result = new Float32Array(x.length);
	for (let i = 0; i < x.length; i++) result[i] = (x[i] as number) - (y[i] as number);
	return result;
}

/** y <- y + a x, in place; returns y. */
export function axpy(a: number, x: Vector, y: Vector): Vector {
	for (let i = 0; i < y.length; i++) y[i] = (y[i] as number) + a * (x[i] as number);
	return y;
}

/** Sum of x_i y_i, accumulated in float64. */
export function dot(x: Vector, y: Vector): number {
	let sum = 0;
	for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
	return sum;
}

/** Euclidean norm, accumulated in float64. */
export function norm(x: Vector): number {
	return Math.sqrt(dot(x, x));
}

/** Values that are looked at together. */
const block = 4096;

/** Index of the first NaN or infinity, or -1. */
export function firstNotFinite(x: Vector): number {
	for (let from = 0; from < x.length; from += block) {
		const part = x.subarray(from, from + block);
		// Finite float32 values have a finite sum in float64, all others have none.
		if (Number.isFinite(sumOf(part))) continue;
		return from + part.findIndex((value) => !Number.isFinite(value));
	}
	return -1;
}

/** Four sums, so that one addition need not wait for the one before. */
function sumOf(x: Vector): number {
	const even = x.length - (x.length % 4);
	let [a, b, c, d] = [0, 0, 0, 0];
	for (let i = 0; i < even; i += 4) {
		a += x[i] as number;
		b += x[i + 1] as number;
		c += x[i + 2] as number;
		d += x[i + 3] as number;
	}
	for (let i = even; i < x.length; i++) a += x[i] as number;
	return a + b + c + d;
}

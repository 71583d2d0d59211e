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

/** Index of the first NaN or infinity, or -1. */
export function firstNotFinite(x: Vector): number {
	for (let i = 0; i < x.length; i++) if (!Number.isFinite(x[i])) return i;
	return -1;
}

import { axpy, dot, type Vector } from "./vector.ts";

/** What momentum adds to gradient descent. */
export interface MomentumSettings {
	readonly learningRate: number;
	readonly momentum: number;
	readonly nesterov: boolean;
}

/** Adam's settings with the corrections of its means in this step, 1 - beta^step. */
export interface AdamSettings {
	readonly learningRate: number;
	readonly beta1: number;
	readonly beta2: number;
	readonly epsilon: number;
	readonly meanCorrection: number;
	readonly squareCorrection: number;
}

/** The vector operations of local training, all in place on vectors of one length. */
export interface VectorArithmetic {
	/** y <- y + a x. */
	readonly addScaled: (y: Vector, a: number, x: Vector) => void;
	/** x <- a x. */
	readonly scale: (x: Vector, a: number) => void;
	/** Sum of x_i y_i, accumulated in float64. */
	readonly dot: (x: Vector, y: Vector) => number;
	/** params <- params - learningRate gradient. */
	readonly sgdStep: (params: Vector, gradient: Vector, learningRate: number) => void;
	/** v <- momentum v + gradient; params <- params - learningRate (v, or gradient + momentum v with Nesterov). */
	readonly momentumStep: (
		params: Vector,
		gradient: Vector,
		velocity: Vector,
		settings: MomentumSettings,
	) => void;
	/** Kingma and Ba (2015), algorithm 1, with the means of the gradient and of its square. */
	readonly adamStep: (
		params: Vector,
		gradient: Vector,
		means: { readonly mean: Vector; readonly square: Vector },
		settings: AdamSettings,
	) => void;
}

/** In plain JavaScript: float64 within an operation, float32 between two. */
export const plainArithmetic: VectorArithmetic = {
	addScaled: (y, a, x) => void axpy(a, x, y),
	scale(x, a) {
		for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) * a;
	},
	dot,
	sgdStep: (params, gradient, learningRate) => void axpy(-learningRate, gradient, params),
	momentumStep(params, gradient, velocity, { learningRate, momentum, nesterov }) {
		for (let i = 0; i < params.length; i++) {
			const g = gradient[i] as number;
			const v = Math.fround(momentum * (velocity[i] as number) + g);
			velocity[i] = v;
			params[i] = (params[i] as number) - learningRate * (nesterov ? g + momentum * v : v);
		}
	},
	adamStep(params, gradient, { mean, square }, settings) {
		const { learningRate, beta1, beta2, epsilon, meanCorrection, squareCorrection } = settings;
		for (let i = 0; i < params.length; i++) {
			const g = gradient[i] as number;
			const m = Math.fround(beta1 * (mean[i] as number) + (1 - beta1) * g);
			const v = Math.fround(beta2 * (square[i] as number) + (1 - beta2) * g * g);
			mean[i] = m;
			square[i] = v;
			const denominator = Math.sqrt(v / squareCorrection) + epsilon;
			params[i] = (params[i] as number) - (learningRate * (m / meanCorrection)) / denominator;
		}
	},
};

import { plainArithmetic, type Vector, type VectorArithmetic } from "@fl-sim/core";
import type { Machine } from "../kernels/routine.ts";

/** The arithmetic of local training on vectors in a machine's memory, in float32; vectors elsewhere are done plainly. */
export function machineArithmetic({ memory, simd }: Machine): VectorArithmetic {
	const holds = (...vectors: readonly Vector[]) => vectors.every(({ buffer }) => buffer === memory.buffer);
	return {
		addScaled(y, a, x) {
			if (!holds(y, x)) plainArithmetic.addScaled(y, a, x);
			else simd.addScaled(y.byteOffset, x.byteOffset, y.length, a);
		},
		scale(x, a) {
			if (!holds(x)) plainArithmetic.scale(x, a);
			else simd.scale(x.byteOffset, x.length, a);
		},
		dot(x, y) {
			if (!holds(x, y)) return plainArithmetic.dot(x, y);
			return simd.dotProduct(x.byteOffset, y.byteOffset, x.length);
		},
		sgdStep(params, gradient, learningRate) {
			if (!holds(params, gradient)) plainArithmetic.sgdStep(params, gradient, learningRate);
			else simd.sgdStep(params.byteOffset, gradient.byteOffset, params.length, learningRate);
		},
		momentumStep(params, gradient, velocity, settings) {
			if (!holds(params, gradient, velocity)) {
				plainArithmetic.momentumStep(params, gradient, velocity, settings);
				return;
			}
			const { learningRate, momentum, nesterov } = settings;
			const [p, g, v] = [params.byteOffset, gradient.byteOffset, velocity.byteOffset];
			simd.momentumStep(p, g, v, params.length, learningRate, momentum, nesterov);
		},
		adamStep(params, gradient, means, settings) {
			const { mean, square } = means;
			if (!holds(params, gradient, mean, square)) {
				plainArithmetic.adamStep(params, gradient, means, settings);
				return;
			}
			const { learningRate, beta1, beta2, epsilon, meanCorrection, squareCorrection } = settings;
			simd.adamStep(
				params.byteOffset,
				gradient.byteOffset,
				mean.byteOffset,
				square.byteOffset,
				params.length,
				learningRate,
				beta1,
				beta2,
				epsilon,
				meanCorrection,
				squareCorrection,
			);
		},
	};
}

import { axpy, type Layout, type LayoutPart, type Vector, type VectorArithmetic } from "@fl-sim/core";
import { trainedParts } from "./trained-parts.ts";

/** Changes a mini-batch gradient in place, given the parameters at which it was taken. */
export type GradientTransform = (gradient: Vector, params: Vector) => void;

/** Scales a gradient whose Euclidean norm exceeds `maxNorm` down to it (Pascanu et al., 2013). */
export function clipByNorm(maxNorm: number, arithmetic: VectorArithmetic): GradientTransform {
	return (gradient) => {
		const length = Math.sqrt(arithmetic.dot(gradient, gradient));
		if (length > maxNorm) arithmetic.scale(gradient, maxNorm / length);
	};
}

/** g <- g + rate * w on everything that is trained; running statistics are left alone. */
export function addWeightDecay(
	rate: number,
	layout: Layout,
	arithmetic: VectorArithmetic,
): GradientTransform {
	const trained = trainedParts(layout);
	return (gradient, params) => {
		for (const { offset, size } of trained) {
			const part = [offset, offset + size] as const;
			arithmetic.addScaled(gradient.subarray(...part), rate, params.subarray(...part));
		}
	};
}

/**
 * g <- g + mu (w - center) on everything that is trained: the gradient of (mu / 2) ||w - center||^2. The difference
 * is taken first, so that nothing is rounded away near the center. `center` `[d]` is only read.
 */
export function addProximalTerm(mu: number, center: Vector, layout: Layout): GradientTransform {
	const trained = trainedParts(layout);
	return (gradient, params) => {
		for (const { offset, size } of trained) {
			for (let i = offset; i < offset + size; i++) {
				gradient[i] = (gradient[i] as number) + mu * ((params[i] as number) - (center[i] as number));
			}
		}
	};
}

/** Sets the gradient of parts that are not trained to 0, so that no step changes them. */
export function freeze(parts: readonly LayoutPart[]): GradientTransform {
	return (gradient) => {
		for (const { offset, size } of parts) gradient.fill(0, offset, offset + size);
	};
}

/** g <- g + correction, the same `[d]` in every step; it must be 0 on running statistics. */
export function addCorrection(correction: Vector): GradientTransform {
	return (gradient) => void axpy(1, correction, gradient);
}

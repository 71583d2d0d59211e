import { type Layout, norm, type Vector } from "@fl-sim/core";

/** Changes a mini-batch gradient in place, given the parameters at which it was taken. */
export type GradientTransform = (gradient: Vector, params: Vector) => void;

/** Scales a gradient whose Euclidean norm exceeds `maxNorm` down to it (Pascanu et al., 2013). */
export function clipByNorm(maxNorm: number): GradientTransform {
	return (gradient) => {
		const length = norm(gradient);
		if (length <= maxNorm) return;
		const scale = maxNorm / length;
		for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] as number) * scale;
	};
}

/** g <- g + rate * w on everything that is trained; running statistics are left alone. */
export function addWeightDecay(rate: number, layout: Layout): GradientTransform {
	const trained = layout.parts.filter((part) => part.kind !== "buffer");
	return (gradient, params) => {
		for (const { offset, size } of trained) {
			for (let i = offset; i < offset + size; i++) {
				gradient[i] = (gradient[i] as number) + rate * (params[i] as number);
			}
		}
	};
}

import type { RandomStream } from "@fl-sim/core";

/** How a part starts: all values equal, or uniform over [-limit, limit). */
export type InitialValues =
	| { readonly kind: "constant"; readonly value: number }
	| { readonly kind: "uniform"; readonly limit: number };

/** Chooses the initial values of a weight by the number of inputs and outputs of one unit. */
export type WeightInitializer = (fanIn: number, fanOut: number) => InitialValues;

/** Keeps the variance of activations through ReLU layers (He et al., 2015, equation 10, as a uniform law). */
export const heUniform: WeightInitializer = (fanIn) => ({ kind: "uniform", limit: Math.sqrt(6 / fanIn) });

/** Balances the variances of activations and gradients (Glorot and Bengio, 2010, equation 16). */
export const glorotUniform: WeightInitializer = (fanIn, fanOut) => ({
	kind: "uniform",
	limit: Math.sqrt(6 / (fanIn + fanOut)),
});

export const zeroValues: InitialValues = { kind: "constant", value: 0 };
export const oneValues: InitialValues = { kind: "constant", value: 1 };

/** Writes initial values into `target`. */
export function fillInitialValues(target: Float32Array, initial: InitialValues, random: RandomStream): void {
	if (initial.kind === "constant") {
		target.fill(initial.value);
		return;
	}
	for (let i = 0; i < target.length; i++) target[i] = (2 * random.uniform() - 1) * initial.limit;
}

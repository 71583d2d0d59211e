import type { LocalTraining } from "@fl-sim/core";

/** The settings that decide how the gradients of a round add up. */
export type Accumulation = Pick<LocalTraining, "optimizer" | "learningRate"> & {
	/** Weight of the proximal term. */
	readonly mu: number;
};

/**
 * ||a_i||_1 of FedNova: how many plain steps `steps` steps of the optimizer are worth, that is the distance they go
 * on a gradient that is 1 throughout, in learning rates. SGD: K. Momentum rho: (K - rho (1 - rho^K) / (1 - rho)) /
 * (1 - rho). Proximal term: a <- (1 - eta mu) a + 1 per step. Adam goes one learning rate per step on such a gradient.
 */
export function accumulatedSteps(steps: number, { optimizer, learningRate, mu }: Accumulation): number {
	if (optimizer.name === "adam") return steps;
	const { momentum, nesterov } = optimizer;
	let sum = 0;
	let velocity = 0;
	for (let step = 0; step < steps; step++) {
		const gradient = 1 - learningRate * mu * sum;
		velocity = momentum * velocity + gradient;
		sum += nesterov ? gradient + momentum * velocity : velocity;
	}
	return sum;
}

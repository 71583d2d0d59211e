import { type ClientOptimizer, type Vector, zeros } from "@fl-sim/core";

/** One optimizer step: changes `params` in place. */
export type OptimizerStep = (params: Vector, gradient: Vector, learningRate: number) => void;

/** A client optimizer with fresh state for vectors of `size` scalars. Weight decay is a gradient transform. */
export function createClientOptimizer(settings: ClientOptimizer, size: number): OptimizerStep {
	switch (settings.name) {
		case "sgd":
			return settings.momentum === 0 ? sgdStep : momentumStep(settings.momentum, settings.nesterov, size);
		case "adam":
			return adamStep(settings, size);
	}
}

const sgdStep: OptimizerStep = (params, gradient, learningRate) => {
	for (let i = 0; i < params.length; i++) {
		params[i] = (params[i] as number) - learningRate * (gradient[i] as number);
	}
};

function momentumStep(momentum: number, nesterov: boolean, size: number): OptimizerStep {
	const velocity = zeros(size);
	return (params, gradient, learningRate) => {
		for (let i = 0; i < size; i++) {
			const g = gradient[i] as number;
			const v = Math.fround(momentum * (velocity[i] as number) + g);
			velocity[i] = v;
			params[i] = (params[i] as number) - learningRate * (nesterov ? g + momentum * v : v);
		}
	};
}

function adamStep(settings: ClientOptimizer & { name: "adam" }, size: number): OptimizerStep {
	const { beta1, beta2, epsilon } = settings;
	const mean = zeros(size);
	const square = zeros(size);
	let step = 0;
	return (params, gradient, learningRate) => {
		step += 1;
		const meanCorrection = 1 - beta1 ** step;
		const squareCorrection = 1 - beta2 ** step;
		for (let i = 0; i < size; i++) {
			const g = gradient[i] as number;
			const m = Math.fround(beta1 * (mean[i] as number) + (1 - beta1) * g);
			const v = Math.fround(beta2 * (square[i] as number) + (1 - beta2) * g * g);
			mean[i] = m;
			square[i] = v;
			const denominator = Math.sqrt(v / squareCorrection) + epsilon;
			params[i] = (params[i] as number) - (learningRate * (m / meanCorrection)) / denominator;
		}
	};
}

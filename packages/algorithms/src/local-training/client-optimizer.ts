import type { ClientOptimizer, TrainingWorkspace, Vector } from "@fl-sim/core";

/** One optimizer step: changes `params` in place. */
export type OptimizerStep = (params: Vector, gradient: Vector, learningRate: number) => void;

/** A client optimizer with fresh state in `workspace`. Weight decay is a gradient transform. */
export function createClientOptimizer(
	settings: ClientOptimizer,
	workspace: TrainingWorkspace,
): OptimizerStep {
	const { arithmetic } = workspace;
	switch (settings.name) {
		case "sgd":
			return settings.momentum === 0 ? arithmetic.sgdStep : momentumStep(settings, workspace);
		case "adam":
			return adamStep(settings, workspace);
	}
}

function momentumStep(
	{ momentum, nesterov }: ClientOptimizer & { name: "sgd" },
	workspace: TrainingWorkspace,
): OptimizerStep {
	const velocity = workspace.vector();
	return (params, gradient, learningRate) =>
		workspace.arithmetic.momentumStep(params, gradient, velocity, { learningRate, momentum, nesterov });
}

function adamStep(settings: ClientOptimizer & { name: "adam" }, workspace: TrainingWorkspace): OptimizerStep {
	const { beta1, beta2, epsilon } = settings;
	const means = { mean: workspace.vector(), square: workspace.vector() };
	let step = 0;
	return (params, gradient, learningRate) => {
		step += 1;
		workspace.arithmetic.adamStep(params, gradient, means, {
			learningRate,
			beta1,
			beta2,
			epsilon,
			meanCorrection: 1 - beta1 ** step,
			squareCorrection: 1 - beta2 ** step,
		});
	};
}

import type { ClientContext, LayoutPart, TrainingWorkspace, Vector } from "@fl-sim/core";
import { createClientOptimizer } from "./client-optimizer.ts";
import { addWeightDecay, clipByNorm, freeze, type GradientTransform } from "./gradient-transforms.ts";

/** What a method adds to plain local training. */
export interface TrainingChanges {
	/** Run on each gradient before weight decay and clipping. */
	readonly transforms?: readonly GradientTransform[];
	/** Parts that no step changes. */
	readonly frozen?: readonly LayoutPart[];
}

/** One step down a gradient: changes both in place. */
export type Descent = (params: Vector, gradient: Vector) => void;

/**
 * The client optimizer with fresh state in `workspace`, behind what is done to gradients: the method's transforms run
 * first, on the plain gradient; then weight decay, then clipping.
 */
export function createDescent(
	{ model, training }: Pick<ClientContext<unknown>, "model" | "training">,
	workspace: TrainingWorkspace,
	{ transforms = [], frozen = [] }: TrainingChanges = {},
): Descent {
	const { optimizer, clipNorm, learningRate } = training;
	const { arithmetic } = workspace;
	const chain = [...transforms];
	if (optimizer.weightDecay > 0) {
		chain.push(addWeightDecay(optimizer.weightDecay, model.layout, arithmetic));
	}
	if (frozen.length > 0) chain.push(freeze(frozen));
	if (clipNorm !== undefined) chain.push(clipByNorm(clipNorm, arithmetic));
	const optimize = createClientOptimizer(optimizer, workspace);
	return (params, gradient) => {
		for (const transform of chain) transform(gradient, params);
		optimize(params, gradient, learningRate);
	};
}

import type { Batch, Model, TrainingWorkspace, Vector } from "@fl-sim/core";

interface CorrectionSettings {
	/** alpha */
	readonly rate: number;
	/** delta */
	readonly differenceStep: number;
}

/** direction <- (I - alpha H) direction in place, H being the Hessian of the batch's mean loss at `params`. Changes nothing else. */
export type CurvatureCorrection = (params: Vector, batch: Batch, direction: Vector) => Promise<void>;

/** Estimates H d = (g(w + delta d) - g(w - delta d)) / (2 delta), the Hessian-free variant of Fallah et al. (2020), section 5. */
export function createCurvatureCorrection(
	model: Model,
	workspace: TrainingWorkspace,
	{ rate, differenceStep }: CorrectionSettings,
): CurvatureCorrection {
	const { arithmetic } = workspace;
	const moved = workspace.vector();
	const ahead = workspace.vector();
	const behind = workspace.vector();
	return async (params, batch, direction) => {
		moved.set(params);
		arithmetic.addScaled(moved, differenceStep, direction);
		await model.lossAndGradient(moved, batch, ahead);
		moved.set(params);
		arithmetic.addScaled(moved, -differenceStep, direction);
		await model.lossAndGradient(moved, batch, behind);
		arithmetic.addScaled(ahead, -1, behind);
		arithmetic.addScaled(direction, -rate / (2 * differenceStep), ahead);
	};
}

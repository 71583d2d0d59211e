import type { ClientContext, ClientReport, TrainingWorkspace, Vector } from "@fl-sim/core";
import { createDescent, type TrainingChanges } from "./descent.ts";
import { type BatchWalk, walkBatches } from "./walk-batches.ts";

export interface LocalDelta {
	/** Parameters after the last step minus those before the first, a new vector `[d]`. */
	readonly delta: Vector;
	readonly report: ClientReport;
}

export interface LocallyTrained {
	/** Parameters after the last step, a new vector `[d]`. */
	readonly params: Vector;
	readonly report: ClientReport;
}

/**
 * Local training from `start`: one gradient and one step of the client optimizer for each mini-batch. Where the round asks
 * for it, the trained model is evaluated on the client's own test examples.
 *
 * @throws FL_TRAINING_DIVERGED when a loss is NaN or infinite.
 */
export async function localDelta(
	context: ClientContext<unknown>,
	start: Vector,
	changes: TrainingChanges = {},
): Promise<LocalDelta> {
	const { result, report } = await walkBatches(context, (workspace) => {
		const { params, step } = gradientSteps(context, workspace, { start, changes });
		return { step, trained: () => params, result: () => workspace.difference(params, start) };
	});
	return { delta: result, report };
}

/** As `localDelta`, for methods whose clients keep the model itself: `start` plus a delta may differ in its last bits. */
export async function trainLocally(
	context: ClientContext<unknown>,
	start: Vector,
	changes: TrainingChanges = {},
): Promise<LocallyTrained> {
	const { result, report } = await walkBatches(context, (workspace) => {
		const { params, step } = gradientSteps(context, workspace, { start, changes });
		return { step, trained: () => params, result: () => params.slice() };
	});
	return { params: result, report };
}

function gradientSteps(
	context: ClientContext<unknown>,
	workspace: TrainingWorkspace,
	{ start, changes }: { readonly start: Vector; readonly changes: TrainingChanges },
): Pick<BatchWalk<unknown>, "step"> & { readonly params: Vector } {
	const descend = createDescent(context, workspace, changes);
	const params = workspace.vector(start);
	const gradient = workspace.vector();
	return {
		params,
		async step(next) {
			const loss = await context.model.lossAndGradient(params, next(), gradient);
			descend(params, gradient);
			return loss;
		},
	};
}

import { type BatchEvaluation, FlSimError, type Model } from "@fl-sim/core";
import type { Backend } from "../backend/open-backend.ts";
import { registerKernels } from "../layers/register-kernels.ts";
import { buildNetwork } from "../models/build-network.ts";
import { initialParams } from "../models/describe-model.ts";
import type { ModelOptions } from "../models/registry.ts";
import { checkBatch, checkVector, type ModelSizes } from "./check-batch.ts";
import { evaluate } from "./evaluation.ts";
import type { RunnableNetwork } from "./forward.ts";
import { lossAndGradient } from "./gradient.ts";

/**
 * A model on a backend. Both of its computations are synchronous and leave no tensor behind. Throws
 * `FL_MODEL_SHAPE` when the model does not fit `featureShape` (of one example), or when a vector or a batch
 * does not fit the model.
 */
export function createModel(
	backend: Backend,
	options: ModelOptions,
	featureShape: readonly number[],
	numClasses: number,
): Model {
	const network: RunnableNetwork = {
		...buildNetwork(options, featureShape, numClasses),
		tf: backend.tf,
		featureShape,
	};
	const sizes: ModelSizes = {
		numParams: network.layout.size,
		featureSize: featureShape.reduce((product, extent) => product * extent, 1),
		numClasses,
	};
	registerKernels(backend.tf, backend.name);
	return {
		layout: network.layout,
		init: (random) => initialParams(network, random),
		lossAndGradient(params, batch, gradient) {
			checkVector("the parameter vector", params, sizes);
			checkVector("the gradient", gradient, sizes);
			checkBatch(batch, sizes);
			if (batch.size === 0)
				throw new FlSimError("FL_MODEL_SHAPE", "A batch without examples has no mean loss");
			activate(backend);
			return lossAndGradient(network, params, batch, gradient);
		},
		evaluate(params, batch): BatchEvaluation {
			checkVector("the parameter vector", params, sizes);
			checkBatch(batch, sizes);
			if (batch.size === 0) return { lossSum: 0, numCorrect: 0, numExamples: 0 };
			activate(backend);
			return evaluate(network, params, batch);
		},
	};
}

/** Another backend may have been opened since: switching between two that run already takes effect at once. */
function activate({ tf, name }: Backend): void {
	if (tf.getBackend() !== name) void tf.setBackend(name);
}

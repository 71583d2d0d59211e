import { type BatchEvaluation, FlSimError, type Model } from "@fl-sim/core";
import type { Backend } from "../backend/open-backend.ts";
import { compileNetwork } from "../compiled/compiled-network.ts";
import { NotLowered } from "../compiled/operations/operation.ts";
import { registerKernels } from "../layers/register-kernels.ts";
import { buildNetwork } from "../models/build-network.ts";
import { initialParams } from "../models/describe-model.ts";
import type { ModelOptions } from "../models/registry.ts";
import { checkBatch, checkVector, type ModelSizes } from "./check-batch.ts";
import { evaluate } from "./evaluation.ts";
import type { RunnableNetwork } from "./forward.ts";
import { lossAndGradient } from "./gradient.ts";

/** A model, and whether its steps are compiled. */
export interface ComputeModel extends Model {
	/**
	 * Why training or evaluating with batches of that size cannot be compiled and is left to TensorFlow.js; undefined
	 * if it is compiled, or if the backend compiles nothing.
	 */
	whyNotCompiled(kind: "training" | "evaluation", batchSize: number): string | undefined;
}

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
): ComputeModel {
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
	registerKernels(backend.tf, backend.plain);
	const compiled = backend.compiler && compileNetwork(network, backend.compiler);

	/** The compiled computation, or TensorFlow.js's where it cannot be compiled. */
	function compute<Result>(fast: (() => Result) | undefined, plain: () => Result): Result {
		if (fast !== undefined) {
			try {
				return fast();
			} catch (thrown) {
				if (!(thrown instanceof NotLowered)) throw thrown;
			}
		}
		activate(backend);
		return plain();
	}

	return {
		layout: network.layout,
		init: (random) => initialParams(network, random),
		lossAndGradient(params, batch, gradient) {
			checkVector("the parameter vector", params, sizes);
			checkVector("the gradient", gradient, sizes);
			checkBatch(batch, sizes);
			if (batch.size === 0)
				throw new FlSimError("FL_MODEL_SHAPE", "A batch without examples has no mean loss");
			return compute(compiled && (() => compiled.lossAndGradient(params, batch, gradient)), () =>
				lossAndGradient(network, params, batch, gradient),
			);
		},
		evaluate(params, batch): BatchEvaluation {
			checkVector("the parameter vector", params, sizes);
			checkBatch(batch, sizes);
			if (batch.size === 0) return { lossSum: 0, numCorrect: 0, numExamples: 0 };
			return compute(compiled && (() => compiled.evaluate(params, batch)), () =>
				evaluate(network, params, batch),
			);
		},
		...(compiled && { openWorkspace: () => compiled.openWorkspace() }),
		whyNotCompiled(kind, batchSize) {
			try {
				compiled?.prepare(kind, batchSize);
				return undefined;
			} catch (thrown) {
				if (thrown instanceof NotLowered) return thrown.message;
				throw thrown;
			}
		},
	};
}

/** Another backend may have been opened since: switching between two that run already takes effect at once. */
function activate({ tf, plain }: Backend): void {
	if (tf.getBackend() !== plain) void tf.setBackend(plain);
}

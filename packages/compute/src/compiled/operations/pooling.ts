import type { MaxPoolGradAttrs } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../../backend/load-tensorflow.ts";
import { averagePoolGradient, maxPoolGradient } from "../../kernels/pooling-gradient-routine.ts";
import { averagePoolRoutine, maxPoolRoutine } from "../../kernels/pooling-routine.ts";
import { inputOf, type TracedTensor } from "../traced-graph.ts";
import type { KernelCall, Operation } from "./operation.ts";

function poolingShape(tf: TensorFlowJs, input: TracedTensor | undefined, { attributes }: KernelCall) {
	const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as MaxPoolGradAttrs;
	const shape = [...(input?.shape ?? [])] as [number, number, number, number];
	return tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
}

/** The maximum or the average of each window. */
function pool(routine: typeof maxPoolRoutine): Operation {
	return {
		shape: (call, tf) => poolingShape(tf, call.inputs["x"], call).outShape,
		lower(node, { tf }) {
			const x = inputOf(node, "x");
			return { routine: routine(poolingShape(tf, x, node)), operands: [x] };
		},
	};
}

export const maxPool = pool(maxPoolRoutine);
export const averagePool = pool(averagePoolRoutine);

export const maxPoolGrad: Operation = {
	shape: ({ inputs: { input } }) => input?.shape ?? [],
	lower(node, { tf }) {
		const [input, output, dy] = ["input", "output", "dy"].map((name) => inputOf(node, name)) as [
			TracedTensor,
			TracedTensor,
			TracedTensor,
		];
		return { routine: maxPoolGradient(poolingShape(tf, input, node)), operands: [input, output, dy] };
	},
};

export const averagePoolGrad: Operation = {
	shape: ({ inputs: { input } }) => input?.shape ?? [],
	lower(node, { tf }) {
		const shape = poolingShape(tf, inputOf(node, "input"), node);
		return { routine: averagePoolGradient(shape), operands: [inputOf(node, "dy")] };
	},
};

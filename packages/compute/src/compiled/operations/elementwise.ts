import { type ElementwiseOperation, elementwiseRoutine } from "../../kernels/elementwise-routine.ts";
import { reluGradientRoutine, reluRoutine, stepRoutine } from "../../kernels/relu-routine.ts";
import type { Routine } from "../../kernels/routine.ts";
import { tanhRoutine } from "../../kernels/tanh-routine.ts";
import { rsqrtRoutine, squareRoutine } from "../../kernels/unary-routine.ts";
import { inputOf } from "../traced-graph.ts";
import { NotLowered, type Operation } from "./operation.ts";
import { withoutRepeats } from "./uniform.ts";

/** A sum, difference, product or quotient of operands that broadcast. */
function binary(operation: ElementwiseOperation): Operation {
	return {
		shape: ({ inputs: { a, b } }, tf) =>
			tf.broadcast_util.assertAndGetBroadcastShape([...(a?.shape ?? [])], [...(b?.shape ?? [])]),
		lower(node) {
			const operands = [inputOf(node, "a"), inputOf(node, "b")].map(withoutRepeats);
			const [a, b] = operands.map(({ shape }) => shape) as [readonly number[], readonly number[]];
			const { shape } = node.output;
			const routine = elementwiseRoutine(operation, { shape, a, b });
			if (routine === undefined) throw new NotLowered(`${node.kernel} that broadcasts over many dimensions`);
			return { routine, operands, inPlace: [0, 1] };
		},
	};
}

/** A function of each value. */
function unary(routine: (size: number) => Routine): Operation {
	return {
		shape: ({ inputs: { x } }) => x?.shape ?? [],
		lower(node) {
			const x = inputOf(node, "x");
			return { routine: routine(x.value.size), operands: [x], inPlace: [0] };
		},
	};
}

export const add = binary("add");
export const subtract = binary("subtract");
export const multiply = binary("multiply");
export const divide = binary("divide");
export const relu = unary(reluRoutine);
export const tanh = unary(tanhRoutine);
export const square = unary(squareRoutine);
export const rsqrt = unary(rsqrtRoutine);

/** 1 where x > 0, else 0. */
export const step: Operation = {
	shape: ({ inputs: { x } }) => x?.shape ?? [],
	lower(node) {
		if (node.attributes["alpha"] !== 0) throw new NotLowered("Step with a slope");
		const x = inputOf(node, "x");
		return { routine: stepRoutine(x.value.size), operands: [x], inPlace: [0] };
	},
};

/** dy where ReLU's result y is positive, else 0. */
export const reluGradient: Operation = {
	shape: ({ inputs: { dy } }) => dy?.shape ?? [],
	lower(node) {
		const operands = [inputOf(node, "y"), inputOf(node, "dy")];
		return { routine: reluGradientRoutine(node.output.value.size), operands, inPlace: [1] };
	},
};

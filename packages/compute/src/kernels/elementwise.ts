import type { TensorInfo } from "@tensorflow/tfjs";
import { type ElementwiseOperation, elementwiseRoutine } from "./elementwise-routine.ts";
import { type Kernel, runRoutine } from "./kernel.ts";

interface Operands {
	readonly a: TensorInfo;
	readonly b: TensorInfo;
}

/** A sum, difference, product or quotient, element by element, of float32 tensors that broadcast. */
export function elementwise(operation: ElementwiseOperation): Kernel<Operands> {
	return (call) => {
		const { a, b } = call.inputs;
		if (a.dtype !== "float32" || b.dtype !== "float32") return call.stock();
		const shape = call.tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
		const routine = elementwiseRoutine(operation, { shape, a: a.shape, b: b.shape });
		return routine === undefined ? call.stock() : runRoutine(call, routine, [a, b], shape);
	};
}

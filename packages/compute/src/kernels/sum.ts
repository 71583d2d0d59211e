import type { SumAttrs, TensorInfo } from "@tensorflow/tfjs";
import { type Kernel, type KernelCall, runRoutine } from "./kernel.ts";
import { reduction } from "./reduction-routine.ts";
import { share } from "./wasm-backend.ts";

interface Input {
	readonly x: TensorInfo;
}

/** Sum over some dimensions. */
export const sum: Kernel<Input, SumAttrs> = (call) => reduce(call, false);

/** Mean over some dimensions. */
export const mean: Kernel<Input, SumAttrs> = (call) => reduce(call, true);

function reduce(call: KernelCall<Input, SumAttrs>, isMean: boolean): TensorInfo {
	const { tf, backend, inputs, attrs } = call;
	const { x } = inputs;
	if (x.dtype !== "float32") return call.stock();
	const axes = tf.util.parseAxisParam(attrs.axis, x.shape);
	const shape = x.shape.flatMap((extent, index) => {
		if (!axes.includes(index)) return [extent];
		return attrs.keepDims ? [1] : [];
	});
	if (axes.every((index) => x.shape[index] === 1)) return share(backend, x, shape);
	return runRoutine(call, reduction({ shape: x.shape, axes, mean: isMean }), [x], shape);
}

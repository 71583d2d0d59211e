import type { TensorInfo } from "@tensorflow/tfjs";
import { type Kernel, runRoutine } from "./kernel.ts";
import { tanhRoutine } from "./tanh-routine.ts";
import { sizeOf } from "./wasm-backend.ts";

/** tanh, element by element. */
export const tanh: Kernel<{ readonly x: TensorInfo }> = (call) => {
	const { x } = call.inputs;
	if (x.dtype !== "float32") return call.stock();
	return runRoutine(call, tanhRoutine(sizeOf(x.shape)), [x], x.shape);
};

import type { TensorInfo } from "@tensorflow/tfjs";
import type { Kernel } from "./kernel.ts";
import { addressOf, sizeOf } from "./wasm-backend.ts";

/** tanh, element by element. */
export const tanh: Kernel<{ readonly x: TensorInfo }> = (call) => {
	const { backend, simd, inputs } = call;
	const { x } = inputs;
	if (x.dtype !== "float32") return call.stock();
	const out = backend.makeOutput(x.shape, "float32");
	const start = addressOf(backend, x);
	simd.tanh(start, start + sizeOf(x.shape) * 4, addressOf(backend, out));
	return out;
};

import type { CastAttrs, TensorInfo } from "@tensorflow/tfjs";
import type { Kernel } from "./kernel.ts";
import { share } from "./wasm-backend.ts";

interface Input {
	readonly x: TensorInfo;
}

/** Another tensor of the same values. No kernel changes a tensor, so nothing need be copied. */
export const identity: Kernel<Input> = (call) =>
	call.inputs.x.dtype === "string" ? call.stock() : share(call.backend, call.inputs.x);

/** Conversion to another type; values that have it already stay where they are. */
export const cast: Kernel<Input, CastAttrs> = (call) => {
	const { backend, inputs, attrs } = call;
	if (inputs.x.dtype === attrs.dtype) return share(backend, inputs.x);
	if (attrs.dtype !== "bool") return call.stock();
	// TensorFlow.js 4.22's own kernel keeps the last byte of whole numbers: 256 would be false.
	const out = backend.makeOutput(inputs.x.shape, "bool");
	const truths = backend.typedArrayFromHeap(out);
	for (const [index, value] of backend.typedArrayFromHeap(inputs.x).entries()) {
		truths[index] = value === 0 ? 0 : 1;
	}
	return out;
};

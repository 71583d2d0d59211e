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
export const cast: Kernel<Input, CastAttrs> = (call) =>
	call.inputs.x.dtype === call.attrs.dtype ? share(call.backend, call.inputs.x) : call.stock();

import type { TensorInfo } from "@tensorflow/tfjs";
import { type Address, roundUp, tileColumns } from "./simd.ts";
import type { WasmBackend } from "./wasm-backend.ts";

/** The bytes of a bias of that length, filled up to whole tiles. */
export function biasBytes(length: number): number {
	return roundUp(length, tileColumns) * 4;
}

/** Writes a bias, or zeros if there is none, as products start from it. */
export function writeBias(
	backend: WasmBackend,
	bias: TensorInfo | undefined,
	to: { readonly at: Address; readonly length: number },
): void {
	const { buffer } = backend.wasm.asm.memory;
	const target = new Float32Array(buffer, to.at, roundUp(to.length, tileColumns)).fill(0);
	if (bias === undefined) return;
	if (bias.shape.length !== 1 || bias.shape[0] !== to.length) {
		throw new Error(`bias of shape [${bias.shape.join()}], expected [${to.length}]`);
	}
	target.set(backend.typedArrayFromHeap(bias));
}

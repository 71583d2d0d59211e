import type { Tensor, TypedArray } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";

/** The part of the wasm backend that shows a tensor's place in its memory. */
interface WasmMemory {
	typedArrayFromHeap(tensor: Tensor): TypedArray;
}

/**
 * The values of a float32 tensor, read at once and valid until the next tensor is made: on wasm a view of the
 * backend's memory, which saves a copy.
 */
export function tensorValues(tf: TensorFlowJs, tensor: Tensor): Float32Array {
	const backend: unknown = tf.backend();
	const values = isWasmMemory(backend) ? backend.typedArrayFromHeap(tensor) : tensor.dataSync();
	return values as Float32Array;
}

function isWasmMemory(backend: unknown): backend is WasmMemory {
	return typeof (backend as Partial<WasmMemory>).typedArrayFromHeap === "function";
}

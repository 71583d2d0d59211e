import type { DataType, DataTypeMap, TensorInfo } from "@tensorflow/tfjs";
import type { Address } from "./simd.ts";

/** The part of TensorFlow.js's `wasm` backend that kernels work with. Versions are pinned, so it is stable. */
export interface WasmBackend {
	readonly wasm: {
		readonly asm: { readonly memory: WebAssembly.Memory };
		_malloc(bytes: number): number;
		_free(address: Address): void;
	};
	readonly dataIdMap: { get(dataId: TensorInfo["dataId"]): { readonly memoryOffset: Address } };
	/** A tensor whose values are not yet written. */
	makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
	/** A view of a tensor's values, valid until the memory grows. */
	typedArrayFromHeap(tensor: TensorInfo): DataTypeMap["float32" | "int32" | "bool"];
	/** Counts one reference less; frees the values when none is left. */
	disposeData(dataId: TensorInfo["dataId"]): boolean;
	incRef(dataId: TensorInfo["dataId"]): void;
}

export function addressOf(backend: WasmBackend, { dataId }: TensorInfo): Address {
	return backend.dataIdMap.get(dataId).memoryOffset;
}

/** Number of values of a tensor of that shape. */
export function sizeOf(shape: readonly number[]): number {
	return shape.reduce((product, extent) => product * extent, 1);
}

/** Another tensor of the same values, which are not copied, in the same or another shape. */
export function share(backend: WasmBackend, tensor: TensorInfo, shape = tensor.shape): TensorInfo {
	backend.incRef(tensor.dataId);
	return { dataId: tensor.dataId, shape, dtype: tensor.dtype };
}

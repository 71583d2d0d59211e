export const tensorArrays = {
	F32: Float32Array,
	F64: Float64Array,
	U32: Uint32Array,
	U8: Uint8Array,
	I32: Int32Array,
} as const;

/** Element types of tensors that this package reads and writes. */
export type TensorType = keyof typeof tensorArrays;
export type TensorData = Float32Array | Float64Array | Uint32Array | Uint8Array | Int32Array;

export interface Tensor {
	readonly name: string;
	readonly dtype: TensorType;
	readonly shape: readonly number[];
	/** Row-major, `[product of shape]`. */
	readonly data: TensorData;
}

export interface SafetensorsFile {
	/** By name, in the order of the file. */
	readonly tensors: ReadonlyMap<string, Tensor>;
	readonly metadata: Readonly<Record<string, string>>;
}

/** @throws FL_WIRE_FORMAT */
export function writeSafetensors(
	tensors: readonly Tensor[],
	metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
	throw new Error(`${tensors.length}${Object.keys(metadata).length}`);
}

/** @throws FL_WIRE_FORMAT */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
	throw new Error(String(bytes.length));
}

import { FlSimError, type RandomStream, type Vector } from "@fl-sim/core";

/** Makes fewer bytes of a vector. A value without memory: equal vectors and equal streams give equal bytes. */
export interface Compressor {
	readonly name: string;
	/**
	 * Whether what got lost is kept by the sender and added to its next vector (error feedback), because the mean of what
	 * arrives is not what was given.
	 */
	readonly needsErrorFeedback: boolean;
	/** Whether each tensor of a model is compressed by itself, with a scale of its own, instead of the whole vector. */
	readonly byTensor: boolean;
	/** Whether the bytes are entropy coded afterwards. */
	readonly entropy: boolean;
	/** Bytes of a vector of `length` values, whatever they are, before entropy coding. */
	numBytes(length: number): number;
	/** `values` are finite. */
	encode(values: Vector, random: RandomStream): Uint8Array;
	/**
	 * A new vector `[length]` from `numBytes(length)` bytes. It may hold numbers that are not finite if an encoder did not
	 * write them.
	 *
	 * @throws FL_WIRE_FORMAT when no encoder writes such bytes.
	 */
	decode(bytes: Uint8Array, length: number): Vector;
}

/** Bytes that no encoder writes. */
export function notWritten(compressor: string, found: string): FlSimError {
	return new FlSimError("FL_WIRE_FORMAT", `no ${compressor} compressor writes this: ${found}`);
}

/** `count` float32 values at the start of `bytes`, wherever these lie: a copy. */
export function floatsAt(bytes: Uint8Array, count: number): Vector {
	return new Float32Array(bytes.slice(0, 4 * count).buffer);
}

/** The bytes of float32 values: a view. */
export function bytesOfFloats(values: Vector): Uint8Array {
	return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

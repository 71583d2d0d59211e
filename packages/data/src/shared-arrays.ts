/** `length` zero bytes in memory that worker threads can share. */
export function sharedBytes(length: number): Uint8Array<SharedArrayBuffer> {
	return new Uint8Array(new SharedArrayBuffer(length));
}

/** `length` float32 zeros in memory that worker threads can share. */
export function sharedFloats(length: number): Float32Array<SharedArrayBuffer> {
	return new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
}

/** `length` int32 zeros in memory that worker threads can share. */
export function sharedInts(length: number): Int32Array<SharedArrayBuffer> {
	return new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));
}

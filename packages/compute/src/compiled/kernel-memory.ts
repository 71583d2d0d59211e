import type { Machine } from "../kernels/routine.ts";
import { type Address, instantiateSimd } from "../kernels/simd.ts";

const pageBytes = 65_536;
/** Vector loads are fastest at multiples of this, and a cache line is as long. */
const alignment = 64;

/** Some SIMD functions read a vector across the end of an operand. */
const slack = 64;

/**
 * The memory of one thread's compiled steps. It never grows, so that views of it stay valid; the system gives real
 * memory only to what is written to.
 */
export interface KernelMemory extends Machine {
	/** Throws `RangeError` when the memory is full. */
	allocate(bytes: number): Address;
	/** Gives back what `allocate` returned for as many bytes. */
	free(address: Address, bytes: number): void;
	/** A view. */
	floats(address: Address, length: number): Float32Array;
	/** Bytes that have ever been in use. */
	readonly usedBytes: number;
}

/** Memory of at most `maxBytes`. */
export function createKernelMemory(maxBytes: number): KernelMemory {
	const pages = Math.ceil(maxBytes / pageBytes);
	const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
	const free = new Map<number, Address[]>();
	// Address 0 is left out, so that no place looks like none.
	let next: Address = alignment;
	return {
		memory,
		simd: instantiateSimd(memory),
		allocate(bytes) {
			const size = roundUp(bytes);
			const reused = free.get(size)?.pop();
			if (reused !== undefined) return reused;
			if (next + size + slack > pages * pageBytes) {
				throw new RangeError(`no room for ${bytes} bytes in a memory of ${pages * pageBytes} bytes`);
			}
			const address = next;
			next += size;
			return address;
		},
		free(address, bytes) {
			const size = roundUp(bytes);
			const list = free.get(size);
			if (list === undefined) free.set(size, [address]);
			else list.push(address);
		},
		floats: (address, length) => new Float32Array(memory.buffer, address, length),
		get usedBytes() {
			return next;
		},
	};
}

function roundUp(bytes: number): number {
	return Math.max(1, Math.ceil(bytes / alignment)) * alignment;
}

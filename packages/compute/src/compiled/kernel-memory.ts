import { FlSimError } from "@fl-sim/core";
import type { Machine } from "../kernels/routine.ts";
import { type Address, instantiateSimd } from "../kernels/simd.ts";
import { createAddressSpace } from "./address-space.ts";

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
	/** @throws FL_MODEL_MEMORY when the memory is full */
	allocate(bytes: number): Address;
	/** Gives back what `allocate` returned for as many bytes. */
	free(address: Address, bytes: number): void;
	/** A view. */
	floats(address: Address, length: number): Float32Array;
	/** Bytes up to the highest that was ever in use. */
	readonly usedBytes: number;
}

/** Memory of at most `maxBytes`. */
export function createKernelMemory(maxBytes: number): KernelMemory {
	const pages = Math.ceil(maxBytes / pageBytes);
	const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
	// Address 0 is left out, so that no place looks like none.
	const space = createAddressSpace(alignment, pages * pageBytes - slack);
	return {
		memory,
		simd: instantiateSimd(memory),
		allocate(bytes) {
			const address = space.allocate(roundUp(bytes));
			if (address !== undefined) return address;
			throw new FlSimError(
				"FL_MODEL_MEMORY",
				`the model and its batches take more memory than compiled steps have: no room for ${bytes} bytes in ${pages * pageBytes}`,
				{
					fix: "Take a smaller model, a smaller clients.batchSize or evaluation.batchSize, or `backend: cpu`.",
				},
			);
		},
		free: (address, bytes) => space.free(address, roundUp(bytes)),
		floats: (address, length) => new Float32Array(memory.buffer, address, length),
		get usedBytes() {
			return space.highest;
		},
	};
}

function roundUp(bytes: number): number {
	return Math.max(1, Math.ceil(bytes / alignment)) * alignment;
}

import type { Address, SimdFunctions } from "./simd.ts";

/** A memory and the functions that work on it. */
export interface Machine {
	readonly memory: WebAssembly.Memory;
	readonly simd: SimdFunctions;
}

/**
 * A computation whose shapes are fixed and whose places are not yet. TensorFlow.js's kernels bind it once for each
 * call; a compiled step binds it once and then only calls it.
 */
export interface Routine {
	/** Bytes of each piece of memory that it needs while it runs; their contents are lost between two calls. */
	readonly scratch: readonly number[];
	/**
	 * The computation on these places: `operands` in the order that the maker of the routine states, the result
	 * last; `scratch` one place for each size, 64-byte aligned. The memory must not grow while the result is in use.
	 */
	bind(machine: Machine, operands: readonly Address[], scratch: readonly Address[]): () => void;
}

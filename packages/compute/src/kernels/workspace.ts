import type { Address } from "./simd.ts";
import type { WasmBackend } from "./wasm-backend.ts";

/** Vector loads are fastest at multiples of this, and a cache line holds four of them. */
const alignment = 64;

type Allocator = Pick<WasmBackend["wasm"], "_malloc" | "_free">;

/**
 * Room for a kernel's intermediate values. There is one for each backend: what a kernel leaves there is lost when
 * the next one reserves.
 */
export interface Workspace {
	/** One address for each number of bytes. Contents are arbitrary. Throws when the memory is full. */
	reserve(...sizes: readonly number[]): Address[];
}

export function createWorkspace({ wasm }: { readonly wasm: Allocator }): Workspace {
	let allocated: Address | undefined;
	let capacity = 0;
	return {
		reserve(...sizes) {
			let total = alignment;
			const offsets: number[] = [];
			for (const size of sizes) {
				offsets.push(total - alignment);
				total += Math.ceil(size / alignment) * alignment;
			}
			if (allocated === undefined || total > capacity) {
				if (allocated !== undefined) wasm._free(allocated);
				// Above 2 GiB the allocator's signed addresses turn negative.
				const address = wasm._malloc(total) >>> 0;
				allocated = address === 0 ? undefined : address;
				capacity = total;
			}
			if (allocated === undefined) {
				throw new Error(`no room for ${total} bytes of intermediate values in the wasm backend's memory`);
			}
			const start = Math.ceil(allocated / alignment) * alignment;
			return offsets.map((offset) => start + offset);
		},
	};
}

import type { Address } from "../kernels/simd.ts";

/** Addresses from `start` up to `end`, given out in pieces. */
export interface AddressSpace {
	/** The lowest place of that size; undefined when there is none. */
	allocate(size: number): Address | undefined;
	/** Takes back what `allocate` returned for that size; neighbouring free pieces become one. */
	free(address: Address, size: number): void;
	/** End of the highest piece that was ever given out. */
	readonly highest: Address;
}

interface Piece {
	readonly address: Address;
	readonly size: number;
}

export function createAddressSpace(start: Address, end: Address): AddressSpace {
	/** By address; no two of them touch. */
	const free: Piece[] = [{ address: start, size: end - start }];
	let highest = start;
	return {
		allocate(size) {
			const index = free.findIndex((piece) => piece.size >= size);
			const piece = free[index];
			if (piece === undefined) return undefined;
			const rest = { address: piece.address + size, size: piece.size - size };
			free.splice(index, 1, ...(rest.size > 0 ? [rest] : []));
			highest = Math.max(highest, rest.address);
			return piece.address;
		},
		free(address, size) {
			const found = free.findIndex((piece) => piece.address > address);
			const index = found === -1 ? free.length : found;
			const [before, after] = [free[index - 1], free[index]];
			const joinsBefore = before !== undefined && before.address + before.size === address;
			const joinsAfter = after !== undefined && address + size === after.address;
			const from = joinsBefore ? before.address : address;
			const to = joinsAfter ? after.address + after.size : address + size;
			free.splice(joinsBefore ? index - 1 : index, Number(joinsBefore) + Number(joinsAfter), {
				address: from,
				size: to - from,
			});
		},
		get highest() {
			return highest;
		},
	};
}

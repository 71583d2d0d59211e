import type { TracedValue } from "./traced-graph.ts";

/** Vector loads are fastest at multiples of this, and a cache line is as long. */
const alignment = 64;

/** When a value exists: from the instruction that makes it to the last one that reads it. */
export interface Lifetime {
	readonly value: TracedValue;
	readonly from: number;
	readonly to: number;
}

/** Byte offsets of values and of each instruction's scratch in one block of memory. */
export interface MemoryPlan {
	readonly bytes: number;
	readonly offsets: ReadonlyMap<TracedValue, number>;
	/** By instruction, one offset for each size. */
	readonly scratch: readonly (readonly number[])[];
}

interface Block {
	readonly bytes: number;
	readonly from: number;
	readonly to: number;
	readonly keep: (offset: number) => void;
}

/**
 * Finds places for values that never exist at the same time on top of each other: the largest first, each at the
 * lowest place that is free during its lifetime.
 */
export function planMemory(
	lifetimes: readonly Lifetime[],
	scratchSizes: readonly (readonly number[])[],
): MemoryPlan {
	const offsets = new Map<TracedValue, number>();
	const scratch = scratchSizes.map((sizes) => sizes.map(() => 0));
	const blocks: Block[] = [
		...lifetimes.map(({ value, from, to }) => ({
			bytes: roundUp(value.size * 4),
			from,
			to,
			keep: (offset: number) => void offsets.set(value, offset),
		})),
		...scratchSizes.flatMap((sizes, instruction) =>
			sizes.map((bytes, index) => ({
				bytes: roundUp(bytes),
				from: instruction,
				to: instruction,
				keep: (offset: number) => {
					(scratch[instruction] as number[])[index] = offset;
				},
			})),
		),
	];
	const placed: (Block & { readonly offset: number })[] = [];
	let bytes = 0;
	for (const block of blocks.toSorted((a, b) => b.bytes - a.bytes)) {
		const rivals = placed
			.filter(({ from, to }) => from <= block.to && block.from <= to)
			.toSorted((a, b) => a.offset - b.offset);
		let offset = 0;
		for (const rival of rivals) {
			if (offset + block.bytes <= rival.offset) break;
			offset = Math.max(offset, rival.offset + rival.bytes);
		}
		block.keep(offset);
		placed.push({ ...block, offset });
		bytes = Math.max(bytes, offset + block.bytes);
	}
	return { bytes, offsets, scratch };
}

function roundUp(bytes: number): number {
	return Math.ceil(bytes / alignment) * alignment;
}

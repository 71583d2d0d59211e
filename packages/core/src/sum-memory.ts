/** Memory for sums of vectors, lent out and used again. */
export interface SumMemory {
	readonly memory: WebAssembly.Memory;
	/** Where a few vectors' values can be put while a function runs. */
	readonly staging: Float32Array;
	/** A sum `[length]` with any contents; undefined when there is no room. */
	lend(length: number): Float64Array | undefined;
	/** Takes a sum back; does nothing with arrays that were not lent from here, or were given back before. */
	giveBack(sum: Float64Array): void;
}

const pageBytes = 65_536;
const alignment = 64;

/** Memory of `maxBytes` addresses, of which the system provides what is written to. Sums that are lost come back too. */
export function createSumMemory(maxBytes: number, stagedValues: number): SumMemory {
	const pages = Math.ceil(maxBytes / pageBytes);
	const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
	const staging = new Float32Array(memory.buffer, alignment, stagedValues);
	const spare = new Map<number, number[]>();
	let end = roundUp(alignment + staging.byteLength);

	function spareOf(length: number): number[] {
		const found = spare.get(length) ?? [];
		spare.set(length, found);
		return found;
	}

	/** A round that fails loses its sums without a word. */
	const lent = new FinalizationRegistry(({ address, length }: { address: number; length: number }) => {
		spareOf(length).push(address);
	});

	return {
		memory,
		staging,
		lend(length) {
			let address = spareOf(length).pop();
			if (address === undefined) {
				if (end + length * 8 > memory.buffer.byteLength) return undefined;
				address = end;
				end = roundUp(end + length * 8);
			}
			const sum = new Float64Array(memory.buffer, address, length);
			lent.register(sum, { address, length }, sum);
			return sum;
		},
		giveBack(sum) {
			if (lent.unregister(sum)) spareOf(sum.length).push(sum.byteOffset);
		},
	};
}

function roundUp(bytes: number): number {
	return Math.ceil(bytes / alignment) * alignment;
}

/**
 * Masks as packed bits, the lowest bit of the first byte first, spare bits 0: the form in which they travel, with the
 * length kept beside.
 */
export type BitMask = Uint8Array;

export function emptyMask(length: number): BitMask {
	return new Uint8Array(Math.ceil(length / 8));
}

/** Whether bit `i` is set. */
export function hasBit(mask: BitMask, i: number): boolean {
	return (((mask[i >> 3] as number) >> (i & 7)) & 1) === 1;
}

export function setBit(mask: BitMask, i: number): void {
	mask[i >> 3] = (mask[i >> 3] as number) | (1 << (i & 7));
}

/** Number of bits that are set. */
export function countBits(mask: BitMask): number {
	return sumOverWords(mask.length, (at) => wordAt(mask, at));
}

/** Number of bits in which two masks of one length differ. */
export function countDifferences(one: BitMask, other: BitMask): number {
	return sumOverWords(one.length, (at) => wordAt(one, at) ^ wordAt(other, at));
}

function sumOverWords(numBytes: number, wordFor: (byte: number) => number): number {
	let sum = 0;
	for (let at = 0; at < numBytes; at += 4) sum += popcount(wordFor(at));
	return sum;
}

/** The four bytes from `at` on as one word; bytes behind the end count as 0. */
function wordAt(mask: BitMask, at: number): number {
	return (
		(mask[at] as number) |
		((mask[at + 1] ?? 0) << 8) |
		((mask[at + 2] ?? 0) << 16) |
		((mask[at + 3] ?? 0) << 24)
	);
}

/** Set bits of a 32-bit word, counted side by side in ever wider fields. */
function popcount(word: number): number {
	const pairs = word - ((word >>> 1) & 0x5555_5555);
	const nibbles = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
	return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

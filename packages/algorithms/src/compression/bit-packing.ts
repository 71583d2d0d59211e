/** Bits that tell `count` values apart: 0 for one value. */
export function bitsFor(count: number): number {
	return count <= 1 ? 0 : 32 - Math.clz32(count - 1);
}

/** Bytes of `count` integers of `width` bits. */
export function packedBytes(count: number, width: number): number {
	return Math.ceil((count * width) / 8);
}

/** Integers below 2^`width`, the lowest bit of the first one first; spare bits are 0. */
export function packBits(values: ArrayLike<number>, width: number): Uint8Array {
	const bytes = new Uint8Array(packedBytes(values.length, width));
	let byte = 0;
	let used = 0;
	for (let i = 0; i < values.length; i++) {
		let rest = values[i] as number;
		for (let left = width; left > 0; ) {
			const taken = Math.min(8 - used, left);
			bytes[byte] = (bytes[byte] as number) | ((rest & ((1 << taken) - 1)) << used);
			rest >>>= taken;
			left -= taken;
			used += taken;
			if (used === 8) {
				used = 0;
				byte += 1;
			}
		}
	}
	return bytes;
}

/** A bit for each value: 1 where it is not negative. */
export function packSigns(values: ArrayLike<number>): Uint8Array {
	const bytes = new Uint8Array(packedBytes(values.length, 1));
	for (let i = 0; i < values.length; i++) {
		if ((values[i] as number) >= 0) bytes[i >> 3] = (bytes[i >> 3] as number) | (1 << (i & 7));
	}
	return bytes;
}

/** What `packBits` packed. */
export function unpackBits(bytes: Uint8Array, width: number, count: number): Uint32Array {
	const values = new Uint32Array(count);
	let byte = 0;
	let used = 0;
	for (let i = 0; i < count; i++) {
		let value = 0;
		for (let done = 0; done < width; ) {
			const taken = Math.min(8 - used, width - done);
			value |= (((bytes[byte] as number) >>> used) & ((1 << taken) - 1)) << done;
			done += taken;
			used += taken;
			if (used === 8) {
				used = 0;
				byte += 1;
			}
		}
		values[i] = value;
	}
	return values;
}

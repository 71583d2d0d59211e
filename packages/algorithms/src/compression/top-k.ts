import type { Vector } from "@fl-sim/core";
import { z } from "zod";
import { bitsFor, packBits, packedBytes, unpackBits } from "./bit-packing.ts";
import { bytesOfFloats, type Compressor, floatsAt, notWritten } from "./compressor.ts";
import { entropyOption } from "./entropy-coding.ts";
import { fractionOption, numKept } from "./kept-fraction.ts";

export const topKOptions = z
	.strictObject({ name: z.literal("top-k"), fraction: fractionOption, entropy: entropyOption })
	.describe("The values of the largest magnitude, with error feedback");

/**
 * Keeps the k = ceil(fraction n) values of the largest magnitude, the first of equal ones, and sends them with the cheaper of
 * a bitmap and packed positions. A contraction by 1 - k / n (Stich, Cordonnier and Jaggi, 2018).
 */
export function topK({ fraction, entropy }: z.output<typeof topKOptions>): Compressor {
	return {
		name: "top-k",
		needsErrorFeedback: true,
		byTensor: false,
		entropy,
		numBytes: (length) => 4 * numKept(fraction, length) + placesOf(fraction, length).numBytes,
		encode(values) {
			const { length } = values;
			const positions = largest(values, numKept(fraction, length));
			const places = placesOf(fraction, length);
			const bytes = new Uint8Array(4 * positions.length + places.numBytes);
			bytes.set(bytesOfFloats(Float32Array.from(positions, (position) => values[position] as number)));
			bytes.set(places.write(positions), 4 * positions.length);
			return bytes;
		},
		decode(bytes, length) {
			const kept = floatsAt(bytes, numKept(fraction, length));
			const positions = placesOf(fraction, length).read(bytes.subarray(4 * kept.length));
			const values = new Float32Array(length);
			for (let i = 0; i < kept.length; i++) values[positions[i] as number] = kept[i] as number;
			return values;
		},
	};
}

/** Positions of the `count` largest magnitudes, ascending. */
function largest(values: Vector, count: number): Uint32Array {
	const magnitudes = values.map(Math.abs);
	const threshold = magnitudes.toSorted()[values.length - count] ?? 0;
	let above = 0;
	for (const magnitude of magnitudes) if (magnitude > threshold) above += 1;
	let room = count - above; // for those at the threshold
	const positions = new Uint32Array(count);
	let found = 0;
	for (let i = 0; i < magnitudes.length && found < count; i++) {
		const magnitude = magnitudes[i] as number;
		if (magnitude < threshold || (magnitude === threshold && room-- <= 0)) continue;
		positions[found++] = i;
	}
	return positions;
}

/** How positions travel: known at both ends from the length alone. Positions are ascending. */
interface Places {
	readonly numBytes: number;
	write(positions: Uint32Array): Uint8Array;
	/** @throws FL_WIRE_FORMAT */
	read(bytes: Uint8Array): Uint32Array;
}

function placesOf(fraction: number, length: number): Places {
	const count = numKept(fraction, length);
	if (count === length) return everything(length);
	const width = bitsFor(length);
	return count * width < length ? packed(count, width, length) : bitmap(count, length);
}

function everything(length: number): Places {
	return {
		numBytes: 0,
		write: () => new Uint8Array(),
		read: () => Uint32Array.from({ length }, (_, i) => i),
	};
}

function packed(count: number, width: number, length: number): Places {
	return {
		numBytes: packedBytes(count, width),
		write: (positions) => packBits(positions, width),
		read(bytes) {
			const positions = unpackBits(bytes, width, count);
			let last = -1;
			for (const position of positions) {
				if (position <= last || position >= length)
					throw notWritten("top-k", `position ${position} after ${last}`);
				last = position;
			}
			return positions;
		},
	};
}

function bitmap(count: number, length: number): Places {
	return {
		numBytes: packedBytes(length, 1),
		write(positions) {
			const isKept = new Uint8Array(length);
			for (const position of positions) isKept[position] = 1;
			return packBits(isKept, 1);
		},
		read(bytes) {
			const isKept = unpackBits(bytes, 1, length);
			const positions = new Uint32Array(count);
			let found = 0;
			for (let i = 0; i < length; i++) if (isKept[i] === 1) positions[found++] = i;
			if (found !== count) throw notWritten("top-k", `${found} positions instead of ${count}`);
			return positions;
		},
	};
}

import type { Vector } from "@fl-sim/core";
import { z } from "zod";
import { bitsFor, packBits, packedBytes, unpackBits } from "./bit-packing.ts";
import { bytesOfFloats, type Compressor, floatsAt, notWritten } from "./compressor.ts";
import { entropyOption } from "./entropy-coding.ts";

export const qsgdOptions = z
	.strictObject({
		name: z.literal("qsgd"),
		levels: z
			.int()
			.min(1)
			.max(32_767)
			.default(7)
			.describe("Levels above 0 (s); a value takes 1 + ceil(log2(s + 1)) bits, 4 with 7 levels"),
		bucketSize: z.int().min(1).default(512).describe("Values that share a scale, 4 bytes"),
		scale: z
			.enum(["euclidean", "largest"])
			.default("euclidean")
			.describe("A bucket's scale: its Euclidean norm as in the paper, or its largest magnitude"),
		entropy: entropyOption,
	})
	.describe("Random rounding to a few levels of each bucket's norm");

type QsgdOptions = z.output<typeof qsgdOptions>;

/**
 * QSGD (Alistarh, Grubic, Li, Tomioka and Vojnovic, 2017, section 3.1): |v_i| s / N lies between two levels and goes to
 * either so that the mean is v_i. With the Euclidean norm E||Q(v) - v||^2 <= min(n / s^2, sqrt(n) / s) ||v||^2 for each bucket of n.
 */
export function qsgd({ levels, bucketSize, scale, entropy }: QsgdOptions): Compressor {
	const levelBits = bitsFor(levels + 1);
	const width = 1 + levelBits;
	const numBuckets = (length: number): number => Math.ceil(length / bucketSize);

	return {
		name: "qsgd",
		needsErrorFeedback: false,
		byTensor: false,
		entropy,
		numBytes: (length) => 4 * numBuckets(length) + packedBytes(length, width),
		encode(values, random) {
			const scales = new Float32Array(numBuckets(values.length));
			const codes = new Uint32Array(values.length);
			for (const bucket of scales.keys()) {
				const from = bucket * bucketSize;
				const to = Math.min(from + bucketSize, values.length);
				const norm = scaleOf(values.subarray(from, to), scale);
				scales[bucket] = norm;
				if (norm === 0) continue;
				for (let i = from; i < to; i++) {
					const value = values[i] as number;
					const place = (Math.abs(value) / norm) * levels;
					const below = Math.floor(place);
					const level = Math.min(levels, below + (random.uniform() < place - below ? 1 : 0));
					codes[i] = value < 0 ? (1 << levelBits) | level : level;
				}
			}
			const bytes = new Uint8Array(4 * scales.length + packedBytes(values.length, width));
			bytes.set(bytesOfFloats(scales));
			bytes.set(packBits(codes, width), 4 * scales.length);
			return bytes;
		},
		decode(bytes, length) {
			const scales = floatsAt(bytes, numBuckets(length));
			const codes = unpackBits(bytes.subarray(4 * scales.length), width, length);
			const values = new Float32Array(length);
			for (let i = 0; i < length; i++) {
				const code = codes[i] as number;
				const level = code & ((1 << levelBits) - 1);
				if (level > levels) throw notWritten("qsgd", `level ${level} of ${levels}`);
				const magnitude = ((scales[Math.floor(i / bucketSize)] as number) * level) / levels;
				values[i] = code >> levelBits === 1 ? -magnitude : magnitude;
			}
			return values;
		},
	};
}

const largestFloat32 = (2 - 2 ** -23) * 2 ** 127;

/** A float32, at least the largest magnitude: a norm rounded down would push the largest value beyond the top level. */
function scaleOf(values: Vector, scale: QsgdOptions["scale"]): number {
	let largest = 0;
	let squares = 0;
	for (const value of values) {
		largest = Math.max(largest, Math.abs(value));
		squares += value * value;
	}
	if (scale === "largest") return largest;
	return Math.max(largest, Math.fround(Math.min(Math.sqrt(squares), largestFloat32)));
}

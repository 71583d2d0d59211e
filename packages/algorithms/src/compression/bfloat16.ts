import { z } from "zod";
import type { Compressor } from "./compressor.ts";

export const bfloat16Options = z
	.strictObject({ name: z.literal("bfloat16") })
	.describe("The upper half of each float32: its range with 8 significant bits, 2 bytes a value");

const largestFinite = 0x7f7f;

/** Rounded to the nearest, ties to even; what would become infinite becomes the largest finite value. */
export const bfloat16: Compressor = {
	name: "bfloat16",
	needsErrorFeedback: false,
	byTensor: false,
	entropy: false,
	numBytes: (length) => 2 * length,
	encode(values) {
		const words = new Uint32Array(values.slice().buffer);
		const halves = new Uint16Array(values.length);
		for (let i = 0; i < words.length; i++) {
			const word = words[i] as number;
			const magnitude = word & 0x7fffffff;
			const rounded = (magnitude + 0x7fff + ((magnitude >>> 16) & 1)) >>> 16;
			halves[i] = ((word >>> 31) << 15) | Math.min(rounded, largestFinite);
		}
		return new Uint8Array(halves.buffer);
	},
	decode(bytes, length) {
		const halves = new Uint16Array(bytes.slice(0, 2 * length).buffer);
		const words = new Uint32Array(length);
		for (let i = 0; i < length; i++) words[i] = (halves[i] as number) << 16;
		return new Float32Array(words.buffer);
	},
};

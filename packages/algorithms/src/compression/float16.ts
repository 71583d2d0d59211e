import { getFloat16, setFloat16 } from "@petamoriken/float16";
import { z } from "zod";
import type { Compressor } from "./compressor.ts";

export const float16Options = z
	.strictObject({ name: z.literal("float16") })
	.describe("IEEE 754 half precision: 11 significant bits, magnitudes up to 65504, 2 bytes a value");

const largestFinite = 65_504;

/** Rounded to the nearest, ties to even; magnitudes beyond the largest finite value become that. */
export const float16: Compressor = {
	name: "float16",
	needsErrorFeedback: false,
	byTensor: false,
	entropy: false,
	numBytes: (length) => 2 * length,
	encode(values) {
		const view = new DataView(new ArrayBuffer(2 * values.length));
		for (let i = 0; i < values.length; i++) {
			const value = values[i] as number;
			setFloat16(view, 2 * i, Math.max(-largestFinite, Math.min(largestFinite, value)), true);
		}
		return new Uint8Array(view.buffer);
	},
	decode(bytes, length) {
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		const values = new Float32Array(length);
		for (let i = 0; i < length; i++) values[i] = getFloat16(view, 2 * i, true);
		return values;
	},
};

import { z } from "zod";
import { bytesOfFloats, type Compressor, floatsAt } from "./compressor.ts";
import { entropyOption } from "./entropy-coding.ts";

export const int8Options = z
	.strictObject({ name: z.literal("int8"), entropy: entropyOption })
	.describe("256 levels from a tensor's smallest to its largest value, rounded at random: 1 byte a value");

const highest = 255;

/**
 * Uniform quantization of each tensor between its extremes. A value between two levels goes to either, to the nearer one
 * with the higher probability, so that the mean is the value itself.
 */
export function int8({ entropy }: z.output<typeof int8Options>): Compressor {
	return {
		name: "int8",
		needsErrorFeedback: false,
		byTensor: true,
		entropy,
		numBytes: (length) => 8 + length,
		encode(values, random) {
			let low = Number.POSITIVE_INFINITY;
			let high = Number.NEGATIVE_INFINITY;
			for (const value of values) {
				if (value < low) low = value;
				if (value > high) high = value;
			}
			const bytes = new Uint8Array(8 + values.length);
			bytes.set(bytesOfFloats(Float32Array.of(low, high)));
			const perUnit = high > low ? highest / (high - low) : 0;
			for (let i = 0; i < values.length; i++) {
				const place = ((values[i] as number) - low) * perUnit;
				const level = Math.floor(place);
				bytes[8 + i] = Math.min(highest, level + (random.uniform() < place - level ? 1 : 0));
			}
			return bytes;
		},
		decode(bytes, length) {
			const [low = 0, high = 0] = floatsAt(bytes, 2);
			const values = new Float32Array(length);
			for (let i = 0; i < length; i++) {
				const level = bytes[8 + i] as number;
				values[i] = level === highest ? high : low + (level * (high - low)) / highest;
			}
			return values;
		},
	};
}

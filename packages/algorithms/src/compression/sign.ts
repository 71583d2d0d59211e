import { z } from "zod";
import { packBits, packedBytes, unpackBits } from "./bit-packing.ts";
import { bytesOfFloats, type Compressor, floatsAt } from "./compressor.ts";

export const signOptions = z
	.strictObject({ name: z.literal("sign") })
	.describe("The signs of a tensor times its mean magnitude, with error feedback: 1 bit a value");

/**
 * EF-signSGD: (||p||_1 / n) sign(p) for each tensor, sign(0) = 1 (Karimireddy, Rebjock, Stich and Jaggi, 2019, algorithm
 * 2). A contraction by delta = ||p||_1^2 / (n ||p||_2^2).
 */
export const sign: Compressor = {
	name: "sign",
	needsErrorFeedback: true,
	byTensor: true,
	entropy: false,
	numBytes: (length) => 4 + packedBytes(length, 1),
	encode(values) {
		let sum = 0;
		for (const value of values) sum += Math.abs(value);
		const bytes = new Uint8Array(4 + packedBytes(values.length, 1));
		bytes.set(bytesOfFloats(Float32Array.of(sum / values.length)));
		const isPositive = Uint8Array.from(values, (value) => (value >= 0 ? 1 : 0));
		bytes.set(packBits(isPositive, 1), 4);
		return bytes;
	},
	decode(bytes, length) {
		const [scale = 0] = floatsAt(bytes, 1);
		const isPositive = unpackBits(bytes.subarray(4), 1, length);
		return Float32Array.from(isPositive, (positive) => (positive === 1 ? scale : -scale));
	},
};

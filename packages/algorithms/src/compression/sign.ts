import { z } from "zod";
import { packedBytes, packSigns, unpackBits } from "./bit-packing.ts";
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
		bytes.set(packSigns(values), 4);
		return bytes;
	},
	decode(bytes, length) {
		const [scale = 0] = floatsAt(bytes, 1);
		const isPositive = unpackBits(bytes.subarray(4), 1, length);
		const values = new Float32Array(length);
		for (let i = 0; i < length; i++) values[i] = isPositive[i] === 1 ? scale : -scale;
		return values;
	},
};

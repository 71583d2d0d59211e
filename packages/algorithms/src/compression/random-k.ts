import { type RandomStream, randomStream, sampleWithoutReplacement } from "@fl-sim/core";
import { z } from "zod";
import { bytesOfFloats, type Compressor, floatsAt } from "./compressor.ts";
import { fractionOption, numKept } from "./kept-fraction.ts";

export const randomKOptions = z
	.strictObject({
		name: z.literal("random-k"),
		fraction: fractionOption,
		errorFeedback: z
			.boolean()
			.default(false)
			.describe("Send values as they are and keep the rest for later, instead of scaling them by n / k"),
	})
	.describe("Values at random positions; the seed of the positions travels instead of them");

/** Bytes of the seed of the positions. */
const seedBytes = 8;

/**
 * Sends k = ceil(fraction n) values at positions drawn anew each time. Scaled by n / k it is unbiased with variance (n / k - 1)
 * ||v||^2; as they are, it is a contraction by 1 - k / n in expectation (Stich, Cordonnier and Jaggi, 2018). The random mask of
 * Konecny et al. (2016) is the same.
 */
export function randomK({ fraction, errorFeedback }: z.output<typeof randomKOptions>): Compressor {
	const factor = (length: number): number => (errorFeedback ? 1 : length / numKept(fraction, length));
	return {
		name: "random-k",
		needsErrorFeedback: errorFeedback,
		byTensor: false,
		entropy: false,
		numBytes: (length) => seedBytes + 4 * numKept(fraction, length),
		encode(values, random) {
			const seed = Uint32Array.of(random.uint32(), random.uint32());
			const positions = positionsFrom(seed, fraction, values.length);
			const bytes = new Uint8Array(seedBytes + 4 * positions.length);
			bytes.set(new Uint8Array(seed.buffer));
			bytes.set(
				bytesOfFloats(Float32Array.from(positions, (position) => values[position] as number)),
				seedBytes,
			);
			return bytes;
		},
		decode(bytes, length) {
			const seed = new Uint32Array(bytes.slice(0, seedBytes).buffer);
			const positions = positionsFrom(seed, fraction, length);
			const kept = floatsAt(bytes.subarray(seedBytes), positions.length);
			const values = new Float32Array(length);
			const scale = factor(length);
			for (const [i, position] of positions.entries()) values[position] = scale * (kept[i] as number);
			return values;
		},
	};
}

function positionsFrom(seed: Uint32Array, fraction: number, length: number): number[] {
	const stream: RandomStream = randomStream(seed.join("."), "positions");
	return sampleWithoutReplacement(stream, length, numKept(fraction, length));
}

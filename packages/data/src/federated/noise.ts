import { type FeatureTransform, randomStream } from "@fl-sim/core";

export interface NoiseSettings {
	/** Standard deviation of the added Gaussian noise, in units of the features as the model sees them. */
	readonly deviation: number;
	readonly seed: string | number;
	readonly client: number;
}

/**
 * Adds Gaussian noise that belongs to the client and the example: equal at each access, independent of what was
 * read before. The values come from a counter-based hash, because a stream per example would cost more than the noise.
 */
export function noiseTransform({ deviation, seed, client }: NoiseSettings): FeatureTransform {
	const stream = randomStream(seed, "feature-noise", client);
	const firstKey = stream.uint32();
	const secondKey = stream.uint32();
	return (features, exampleIndex) => {
		const radiusKey = scramble(firstKey ^ scramble(exampleIndex + 1));
		const angleKey = scramble(secondKey ^ scramble(exampleIndex + 1));
		// Box and Muller: each pair of uniform numbers gives a pair of normal ones.
		for (let i = 0; i < features.length; i += 2) {
			const radius = deviation * Math.sqrt(-2 * Math.log(1 - uniformAt(radiusKey, i)));
			const angle = 2 * Math.PI * uniformAt(angleKey, i);
			features[i] = (features[i] as number) + radius * Math.cos(angle);
			if (i + 1 < features.length) {
				features[i + 1] = (features[i + 1] as number) + radius * Math.sin(angle);
			}
		}
	};
}

/** The number at a position of the sequence that a key names, uniform over [0, 1). */
function uniformAt(key: number, position: number): number {
	// Weyl sequence with the odd number nearest to 2^32 divided by the golden ratio.
	return scramble(key + Math.imul(position + 1, 0x9e3779b9)) / 4294967296;
}

/** A bijection of 32-bit words in which each input bit moves half of the output bits (finalizer of MurmurHash3). */
function scramble(word: number): number {
	let mixed = word ^ (word >>> 16);
	mixed = Math.imul(mixed, 0x85ebca6b);
	mixed ^= mixed >>> 13;
	mixed = Math.imul(mixed, 0xc2b2ae35);
	return (mixed ^ (mixed >>> 16)) >>> 0;
}

import type { Layout } from "@fl-sim/core";

export interface FinalWeights {
	readonly layout: Layout;
	readonly params: Float32Array;
	readonly round: number;
	readonly scenarioHash: string;
}

/**
 * Writes `weights.safetensors`: one tensor for each part of the layout, with its name and shape.
 *
 * @returns SHA-256 of the flat vector, in hex.
 */
export function writeWeights(folder: string, weights: FinalWeights): Promise<string> {
	return Promise.reject(new Error(`${folder}${weights.round}`));
}

/** SHA-256 of a vector as little-endian float32, in hex. */
export function sha256OfWeights(params: Float32Array): string {
	throw new Error(String(params.length));
}

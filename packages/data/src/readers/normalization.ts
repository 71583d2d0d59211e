import type { FeatureColumn } from "@fl-sim/core";

/**
 * What happens to a feature before the model sees it: nothing (bytes still become 0 .. 1), or
 * (x - mean) / std with one mean and deviation for all features, in units of the un-normalized feature.
 */
export type Normalization = "none" | { readonly mean: number; readonly std: number };

/** A column of bytes, read as 0 .. 1 and then normalized; the bytes themselves stay as they are. */
export function byteColumn(values: Uint8Array, normalization: Normalization): FeatureColumn {
	if (normalization === "none") return { kind: "bytes", values, scale: 1 / 255, shift: 0 };
	const { mean, std } = normalization;
	return { kind: "bytes", values, scale: 1 / (255 * std), shift: -mean / std };
}

/** A column of floats, normalized in place. */
export function floatColumn(values: Float32Array, normalization: Normalization): FeatureColumn {
	if (normalization !== "none") {
		const { mean, std } = normalization;
		for (let i = 0; i < values.length; i++) values[i] = ((values[i] as number) - mean) / std;
	}
	return { kind: "floats", values };
}

export function featureColumn(
	values: Uint8Array | Float32Array,
	normalization: Normalization,
): FeatureColumn {
	return values instanceof Uint8Array
		? byteColumn(values, normalization)
		: floatColumn(values, normalization);
}

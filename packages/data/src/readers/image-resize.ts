import type { Image } from "./image-decode.ts";

/** Bilinear interpolation between pixel centres; the edges repeat. No smoothing when shrinking. */
export function resizeBilinear(image: Image, height: number, width: number): Image {
	if (image.height === height && image.width === width) return image;
	const { channels } = image;
	const samples = new Uint8Array(height * width * channels);
	const rows = interpolations(image.height, height);
	const columns = interpolations(image.width, width);
	let target = 0;
	for (const row of rows) {
		for (const column of columns) {
			for (let channel = 0; channel < channels; channel++) {
				const at = (y: number, x: number) =>
					image.samples[(y * image.width + x) * channels + channel] as number;
				const upper = mix(at(row.first, column.first), at(row.first, column.second), column.weight);
				const lower = mix(at(row.second, column.first), at(row.second, column.second), column.weight);
				samples[target++] = Math.round(mix(upper, lower, row.weight));
			}
		}
	}
	return { height, width, channels, samples };
}

interface Interpolation {
	readonly first: number;
	readonly second: number;
	/** Of the second. */
	readonly weight: number;
}

/** Between which two old positions each new one lies. */
function interpolations(oldSize: number, newSize: number): Interpolation[] {
	return Array.from({ length: newSize }, (_, position) => {
		const centre = ((position + 0.5) * oldSize) / newSize - 0.5;
		const clamped = Math.min(Math.max(centre, 0), oldSize - 1);
		const first = Math.floor(clamped);
		return { first, second: Math.min(first + 1, oldSize - 1), weight: clamped - first };
	});
}

function mix(first: number, second: number, weight: number): number {
	return first + (second - first) * weight;
}

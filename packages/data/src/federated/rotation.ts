import type { FeatureTransform } from "@fl-sim/core";

/**
 * Turns images `[height, width]` or `[height, width, channels]` counterclockwise about their centre. Half
 * turns, and quarter turns of square images, move pixels exactly; other angles interpolate bilinearly and repeat
 * the border where the source lies outside.
 */
export function rotationTransform(degrees: number, featureShape: readonly number[]): FeatureTransform {
	const [height = 1, width = 1, channels = 1] = featureShape;
	const size = { height, width, channels };
	const isExact = degrees % (height === width ? 90 : 180) === 0;
	return isExact ? quarterTurns((((degrees / 90) % 4) + 4) % 4, size) : bilinearTurn(degrees, size);
}

interface ImageSize {
	readonly height: number;
	readonly width: number;
	readonly channels: number;
}

function quarterTurns(turns: number, { height, width, channels }: ImageSize): FeatureTransform {
	const source = new Uint32Array(height * width * channels);
	const before = new Float32Array(source.length);
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			let fromY = y;
			let fromX = x;
			for (let turn = 0; turn < turns; turn++) {
				// A quarter turn counterclockwise takes (y, x) from (x, height - 1 - y); it swaps height and width.
				[fromY, fromX] = [fromX, (turn % 2 === 0 ? height : width) - 1 - fromY];
			}
			for (let channel = 0; channel < channels; channel++) {
				source[(y * width + x) * channels + channel] = (fromY * width + fromX) * channels + channel;
			}
		}
	}
	return (features) => {
		before.set(features);
		for (let i = 0; i < features.length; i++) features[i] = before[source[i] as number] as number;
	};
}

function bilinearTurn(degrees: number, { height, width, channels }: ImageSize): FeatureTransform {
	const before = new Float32Array(height * width * channels);
	const cosine = Math.cos((degrees * Math.PI) / 180);
	const sine = Math.sin((degrees * Math.PI) / 180);
	const centreY = (height - 1) / 2;
	const centreX = (width - 1) / 2;
	const at = (y: number, x: number, channel: number): number =>
		before[(clamp(y, height - 1) * width + clamp(x, width - 1)) * channels + channel] as number;
	return (features) => {
		before.set(features);
		for (let y = 0; y < height; y++) {
			for (let x = 0; x < width; x++) {
				// Rows count downwards, so counterclockwise on the screen is clockwise in these coordinates.
				const sourceX = centreX + cosine * (x - centreX) - sine * (y - centreY);
				const sourceY = centreY + sine * (x - centreX) + cosine * (y - centreY);
				const left = Math.floor(sourceX);
				const top = Math.floor(sourceY);
				const right = sourceX - left;
				const down = sourceY - top;
				for (let channel = 0; channel < channels; channel++) {
					const upper = (1 - right) * at(top, left, channel) + right * at(top, left + 1, channel);
					const lower = (1 - right) * at(top + 1, left, channel) + right * at(top + 1, left + 1, channel);
					features[(y * width + x) * channels + channel] = (1 - down) * upper + down * lower;
				}
			}
		}
	};
}

function clamp(position: number, highest: number): number {
	return Math.min(highest, Math.max(0, position));
}

import type { RandomStream } from "@fl-sim/core";
import { mix } from "./noise.ts";
import type { Colour } from "./palette.ts";
import { picturePixels } from "./scene.ts";

/** A picture that is being painted: red, green, blue in 0 .. 1, `[32 * 32 * 3]`. */
export type Canvas = Float32Array;

export function newCanvas(): Canvas {
	return new Float32Array(3 * picturePixels);
}

/** What is laid over a pixel; changed from pixel to pixel instead of made anew. */
export interface Brush {
	colour: Colour;
	/** Factor on the colour. */
	light: number;
	/** 0 leaves the pixel, 1 replaces it. */
	opacity: number;
}

export function coverPixel(canvas: Canvas, pixel: number, brush: Brush): void {
	const at = 3 * pixel;
	const { colour, light, opacity } = brush;
	canvas[at] = mix(canvas[at] as number, colour[0] * light, opacity);
	canvas[at + 1] = mix(canvas[at + 1] as number, colour[1] * light, opacity);
	canvas[at + 2] = mix(canvas[at + 2] as number, colour[2] * light, opacity);
}

/** Multiplies the light of a pixel. */
export function dimPixel(canvas: Canvas, pixel: number, factor: number): void {
	for (let at = 3 * pixel; at < 3 * pixel + 3; at++) canvas[at] = (canvas[at] as number) * factor;
}

/** The sum of two random bytes has this deviation: each has variance (256^2 - 1) / 12. */
const deviationOfTwoBytes = Math.sqrt((2 * (256 * 256 - 1)) / 12);

/** Written into `picture`: the canvas as bytes, with noise of this deviation (fraction of full scale) in each channel. */
export function develop(random: RandomStream, canvas: Canvas, noise: number, picture: Uint8Array): void {
	const strength = (255 * noise) / deviationOfTwoBytes;
	for (let pixel = 0; pixel < picturePixels; pixel++) {
		const word = random.uint32();
		// The top byte moves all channels together, the others one channel each.
		const together = (word >>> 24) - 255;
		for (let channel = 0; channel < 3; channel++) {
			const at = 3 * pixel + channel;
			const grain = strength * (((word >>> (8 * channel)) & 255) + together);
			const value = 255 * (canvas[at] as number) + grain;
			picture[at] = value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5;
		}
	}
}

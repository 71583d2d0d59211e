import type { RandomStream } from "@fl-sim/core";
import type { UserStyle } from "./user-style.ts";

/** Red, green and blue in 0 .. 1. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Colours of one picture. */
export interface Palette {
	readonly ground: Colour;
	/** By the `colour` of a part. */
	readonly paints: readonly [Colour, Colour, Colour];
}

/** Draws the colours of a picture: the user's hues, figure and ground of clearly different brightness. */
export function drawPalette(random: RandomStream, user: UserStyle): Palette {
	const hue = user.hue + user.hueSpread * (2 * random.uniform() - 1);
	const bright = random.uniform() < user.brightFigures;
	const paint = (hueOffset: number): Colour => {
		const value = bright ? 0.78 + 0.22 * random.uniform() : 0.3 + 0.3 * random.uniform();
		return colourOf(hue + hueOffset + 0.1 * random.uniform(), user.saturation, value);
	};
	const paints = [paint(0), paint(0.3), paint(0.6)] as const;
	const groundValue = bright ? 0.15 + 0.25 * random.uniform() : 0.82 + 0.18 * random.uniform();
	const ground = colourOf(hue + 0.35 + 0.3 * random.uniform(), bright ? 0.4 : 0.25, groundValue);
	return { ground, paints };
}

/** Colour of a hue in turns (red 0, green 1/3, blue 2/3), saturation and value in 0 .. 1. */
export function colourOf(hue: number, saturation: number, value: number): Colour {
	const channel = (offset: number): number => {
		const sector = (offset + 6 * (hue - Math.floor(hue))) % 6;
		return value * (1 - saturation * Math.max(0, Math.min(1, sector, 4 - sector)));
	};
	return [channel(5), channel(3), channel(1)];
}

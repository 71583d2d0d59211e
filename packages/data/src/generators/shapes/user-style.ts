import type { RandomStream } from "@fl-sim/core";

/** What the pictures of one user have in common. */
export interface UserStyle {
	/** Favourite hue and how far the user strays from it, in turns of the colour circle. */
	readonly hue: number;
	readonly hueSpread: number;
	readonly saturation: number;
	/** Half the extent of a figure, in pixels. */
	readonly size: number;
	readonly shiftX: number;
	readonly shiftY: number;
	/** Usual turn of the figures, in radians. */
	readonly turn: number;
	/** Whether figures are brighter than the ground: probability. */
	readonly brightFigures: number;
}

/** Draws a user; `variation` scales the differences. */
export function drawUser(random: RandomStream, variation: number): UserStyle {
	const around = (mean: number, deviation: number): number =>
		mean + deviation * variation * Math.max(-2, Math.min(2, random.normal()));
	return {
		hue: random.uniform(),
		hueSpread: 0.12 + 0.2 * random.uniform(),
		saturation: Math.max(0.25, Math.min(0.95, around(0.65, 0.15))),
		size: around(10.5, 1),
		shiftX: around(0, 1.2),
		shiftY: around(0, 1.2),
		turn: around(0, 0.08),
		brightFigures: random.uniform(),
	};
}

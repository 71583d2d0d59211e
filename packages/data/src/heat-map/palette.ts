/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

export type Background = "light" | "dark";

/**
 * Sequential scales whose lightness alone tells the order, so that they read the same with any colour vision: from the
 * background's side (nothing) to the side away from it (everything).
 */
const scales: Readonly<Record<Background, readonly Colour[]>> = {
	light: [
		[238, 241, 245],
		[190, 212, 233],
		[116, 169, 214],
		[46, 115, 180],
		[14, 56, 112],
		[6, 22, 54],
	],
	dark: [
		[34, 39, 46],
		[62, 66, 134],
		[44, 113, 144],
		[39, 160, 134],
		[126, 209, 84],
		[253, 232, 60],
	],
};

/** The colour at 0 (nothing) to 1 (everything), interpolated linearly. */
export function colourAt(position: number, background: Background): Colour {
	const scale = scales[background];
	const place = Math.min(1, Math.max(0, position)) * (scale.length - 1);
	const lower = Math.min(scale.length - 2, Math.floor(place));
	const from = scale[lower] as Colour;
	const to = scale[lower + 1] as Colour;
	const mix = (channel: 0 | 1 | 2): number =>
		Math.round(from[channel] + (place - lower) * (to[channel] - from[channel]));
	return [mix(0), mix(1), mix(2)];
}

/** `#rrggbb` */
export function hexOf(colour: Colour): string {
	return `#${colour.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** Number of the nearest colour of the 6 x 6 x 6 cube that 256-colour terminals have. */
export function cubeColour(colour: Colour): number {
	const [red, green, blue] = colour.map(nearestCubeStep) as [number, number, number];
	return 16 + 36 * red + 6 * green + blue;
}

function nearestCubeStep(channel: number): number {
	// The steps of the cube are 0, 95, 135, 175, 215 and 255.
	if (channel < 48) return 0;
	return channel < 115 ? 1 : Math.min(5, Math.round((channel - 55) / 40));
}

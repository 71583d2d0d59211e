import { type Brush, coverPixel } from "../canvas.ts";
import { mix } from "../noise.ts";
import { colourOf } from "../palette.ts";
import { distanceAt, picturePixels, pictureSide } from "../scene.ts";
import { coverage, type Domain } from "./domain.ts";

/** The glow of an edge ends this many pixels away. */
const glowReach = 3.5;

const starColour = [1, 0.97, 0.85] as const;

/** Dim figures with a glowing edge under a dark sky with stars. */
export const night: Domain = {
	name: "night",
	wobble: 0,
	noise: 1,
	paint(random, scene, palette, canvas) {
		const sky = colourOf(0.6 + 0.15 * random.uniform(), 0.7, 0.25 + 0.15 * random.uniform());
		const dusk = 0.4 + 0.6 * random.uniform();
		const moonFromLeft = random.uniform() < 0.5;
		const glow = 0.35 + 0.4 * random.uniform();
		const brush: Brush = { colour: sky, light: 1, opacity: 1 };
		for (let pixel = 0; pixel < picturePixels; pixel++) {
			brush.light = mix(0.35, dusk, Math.floor(pixel / pictureSide) / pictureSide);
			coverPixel(canvas, pixel, brush);
		}
		brush.colour = starColour;
		brush.light = 1;
		for (let stars = 4 + random.integer(9); stars > 0; stars--) {
			brush.opacity = 0.3 + 0.6 * random.uniform();
			coverPixel(canvas, random.integer(picturePixels), brush);
		}
		for (const [number, part] of scene.parts.entries()) {
			const paint = palette.paints[part.colour];
			// Dark paints would be lost in the sky.
			const boost = 1 / Math.max(...paint);
			brush.colour = paint;
			for (let pixel = 0; pixel < picturePixels; pixel++) {
				const distance = distanceAt(scene, number, pixel);
				if (distance > glowReach) continue;
				const column = pixel % pictureSide;
				const moonlight = (moonFromLeft ? pictureSide - column : column) / pictureSide;
				brush.light = boost * (0.25 + 0.35 * moonlight);
				brush.opacity = coverage(distance, 1.3);
				coverPixel(canvas, pixel, brush);
				brush.light = boost;
				brush.opacity = glow * Math.exp(-Math.abs(distance)) * (1 - Math.max(0, distance) / glowReach);
				coverPixel(canvas, pixel, brush);
			}
		}
	},
};

import { type Brush, coverPixel } from "../canvas.ts";
import { valueNoise } from "../noise.ts";
import { colourOf } from "../palette.ts";
import { distanceAt, picturePixels, pictureSide } from "../scene.ts";
import { coverage, type Domain } from "./domain.ts";

/** Pencil lines and hatching on paper. */
export const sketch: Domain = {
	name: "sketch",
	wobble: 2,
	noise: 1,
	paint(random, scene, _palette, canvas) {
		const paper = colourOf(
			0.1 + 0.06 * random.uniform(),
			0.12 * random.uniform(),
			0.9 + 0.1 * random.uniform(),
		);
		const pencil = colourOf(random.uniform(), 0.5 * random.uniform(), 0.1 + 0.2 * random.uniform());
		const halfLine = 0.3 + 0.4 * random.uniform();
		const hatching = 0.6 * random.uniform();
		const lean = random.uniform() < 0.5 ? 1 : -1;
		const seed = random.uint32();
		const brush: Brush = { colour: paper, light: 1, opacity: 1 };
		for (let pixel = 0; pixel < picturePixels; pixel++) coverPixel(canvas, pixel, brush);
		for (const [number, part] of scene.parts.entries()) {
			for (let pixel = 0; pixel < picturePixels; pixel++) {
				const distance = distanceAt(scene, number, pixel);
				if (distance > 2) continue;
				const column = pixel % pictureSide;
				const row = (pixel - column) / pictureSide;
				// A part hides the lines of the parts behind it.
				brush.colour = paper;
				brush.opacity = coverage(distance, 1);
				coverPixel(canvas, pixel, brush);
				const isHatch = (column + lean * row + part.colour + 4 * pictureSide) % 4 === 0;
				const hatch = isHatch ? hatching * coverage(distance, 1) : 0;
				const line = coverage(Math.abs(distance) - halfLine, 1);
				const pressure = 0.65 + 0.35 * valueNoise(column / 2, row / 2, seed);
				brush.colour = pencil;
				brush.opacity = pressure * Math.max(hatch, line);
				coverPixel(canvas, pixel, brush);
			}
		}
	},
};

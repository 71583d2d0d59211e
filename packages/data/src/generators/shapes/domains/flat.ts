import { type Brush, coverPixel } from "../canvas.ts";
import { distanceAt, picturePixels } from "../scene.ts";
import { coverage, type Domain } from "./domain.ts";

/** Even colours with crisp edges, like paper cut-outs. */
export const flat: Domain = {
	name: "flat",
	wobble: 0,
	noise: 0.5,
	paint(_random, scene, palette, canvas) {
		const brush: Brush = { colour: palette.ground, light: 1, opacity: 1 };
		for (let pixel = 0; pixel < picturePixels; pixel++) coverPixel(canvas, pixel, brush);
		for (const [number, part] of scene.parts.entries()) {
			brush.colour = palette.paints[part.colour];
			for (let pixel = 0; pixel < picturePixels; pixel++) {
				brush.opacity = coverage(distanceAt(scene, number, pixel), 1);
				if (brush.opacity > 0) coverPixel(canvas, pixel, brush);
			}
		}
	},
};

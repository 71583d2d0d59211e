import { type Brush, type Canvas, coverPixel, dimPixel } from "../canvas.ts";
import { mix, unit, valueNoise } from "../noise.ts";
import { distanceAt, picturePixels, pictureSide, type Scene } from "../scene.ts";
import { coverage, type Domain } from "./domain.ts";

/** Rounded figures with light and shadow before a blurred ground, a little out of focus, with a coarse grain. */
export const photo: Domain = {
	name: "photo",
	wobble: 1,
	noise: 2,
	paint(random, scene, palette, canvas) {
		const seed = random.uint32();
		const clutter = 0.3 + 0.5 * random.uniform();
		const horizon = pictureSide * (0.45 + 0.5 * random.uniform());
		const focus = 1.4 + random.uniform();
		const lightFromLeft = random.uniform() < 0.5;
		const shadowOffset = pictureSide * 2 + (lightFromLeft ? 2 : -2);
		const brush: Brush = { colour: palette.ground, light: 1, opacity: 1 };
		for (let pixel = 0; pixel < picturePixels; pixel++) {
			const column = pixel % pictureSide;
			const row = (pixel - column) / pictureSide;
			const floor = mix(1, 0.72, coverage(horizon - row, 3));
			brush.light = floor + clutter * (valueNoise(column / 6, row / 6, seed) - 0.5);
			coverPixel(canvas, pixel, brush);
		}
		castShadow(scene, shadowOffset, canvas);
		for (const [number, part] of scene.parts.entries()) {
			brush.colour = palette.paints[part.colour];
			for (let pixel = 0; pixel < picturePixels; pixel++) {
				const distance = distanceAt(scene, number, pixel);
				brush.opacity = coverage(distance, focus);
				if (brush.opacity === 0) continue;
				const column = pixel % pictureSide;
				const row = (pixel - column) / pictureSide;
				const side = (lightFromLeft ? pictureSide - column : column) / pictureSide;
				brush.light = 0.6 + 0.25 * unit(-distance / 4) + 0.35 * side - 0.15 * (row / pictureSide);
				coverPixel(canvas, pixel, brush);
			}
		}
		for (let pixel = 0; pixel < picturePixels; pixel++) {
			const column = pixel % pictureSide;
			const row = (pixel - column) / pictureSide;
			const across = column / pictureSide - 0.5;
			const down = row / pictureSide - 0.5;
			dimPixel(canvas, pixel, 1.05 - 0.6 * (across * across + down * down));
		}
	},
};

/** Darkens the ground where the figure, moved by an offset in pixels, would be. */
function castShadow(scene: Scene, offset: number, canvas: Canvas): void {
	for (const number of scene.parts.keys()) {
		for (let pixel = offset; pixel < picturePixels; pixel++) {
			const shade = coverage(distanceAt(scene, number, pixel - offset), 4);
			if (shade > 0) dimPixel(canvas, pixel, 1 - (0.4 * shade) / scene.parts.length);
		}
	}
}

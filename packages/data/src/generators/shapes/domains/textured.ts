import { type Brush, coverPixel } from "../canvas.ts";
import { valueNoise } from "../noise.ts";
import { distanceAt, picturePixels, pictureSide } from "../scene.ts";
import { coverage, type Domain } from "./domain.ts";

/** Light and dark of a material at a pixel, 0 .. 1. */
type Material = (column: number, row: number, seed: number) => number;

/** Each is finer than the patterns among the figures. */
const materials: readonly Material[] = [
	// Wood: long fibres.
	(column, row, seed) => valueNoise(column / 9, row / 1.3, seed),
	// Wool.
	(column, row, seed) => valueNoise(column / 1.6, row / 1.6, seed),
	// Weave.
	(column, row) => 0.5 + 0.25 * (Math.sin(column * 2.1) + Math.sin(row * 2.1)),
	// Twill.
	(column, row) => 0.5 + 0.5 * Math.sin((column + row) * 1.7),
	// Stone.
	(column, row, seed) =>
		0.6 * valueNoise(column / 4, row / 4, seed) + 0.4 * valueNoise(column, row, seed + 1),
];

/** Figure and ground cut from materials with a grain. */
export const textured: Domain = {
	name: "textured",
	wobble: 1,
	noise: 1,
	paint(random, scene, palette, canvas) {
		const groundMaterial = materials[random.integer(materials.length)] as Material;
		const figureMaterial = materials[random.integer(materials.length)] as Material;
		const seed = random.uint32();
		const depth = 0.35 + 0.3 * random.uniform();
		const brush: Brush = { colour: palette.ground, light: 1, opacity: 1 };
		for (let pixel = 0; pixel < picturePixels; pixel++) {
			const column = pixel % pictureSide;
			brush.light = 1 + depth * (groundMaterial(column, (pixel - column) / pictureSide, seed) - 0.5);
			coverPixel(canvas, pixel, brush);
		}
		for (const [number, part] of scene.parts.entries()) {
			brush.colour = palette.paints[part.colour];
			for (let pixel = 0; pixel < picturePixels; pixel++) {
				brush.opacity = coverage(distanceAt(scene, number, pixel), 1);
				if (brush.opacity === 0) continue;
				const column = pixel % pictureSide;
				const row = (pixel - column) / pictureSide;
				// Turned by a quarter against the ground.
				brush.light = 1 + depth * (figureMaterial(row, column, seed + number + 2) - 0.5);
				coverPixel(canvas, pixel, brush);
			}
		}
	},
};

import type { RandomStream } from "@fl-sim/core";
import { type Figure, maxParts, type Part } from "./catalogue.ts";
import { type Surround, signedDistance, surroundOf } from "./distance.ts";
import { valueNoise } from "./noise.ts";
import type { UserStyle } from "./user-style.ts";

/** Side of the square picture in pixels. */
export const pictureSide = 32;
export const picturePixels = pictureSide * pictureSide;

/** In units of the figure: further away from a part, distances are not worked out. */
const farAway = 0.6;

/** One figure, placed on the picture but not yet painted. Reused from picture to picture. */
export interface Scene {
	/** Distance of each pixel to the edge of each part, negative inside, in pixels, `[maxParts, 32 * 32]`. */
	readonly distances: Float32Array;
	/** Shift of the pixels of a row to the side and of a column up or down, in pixels, `[32]` each. */
	readonly rowBend: Float64Array;
	readonly columnBend: Float64Array;
	parts: readonly Part[];
}

export function newScene(): Scene {
	return {
		distances: new Float32Array(maxParts * picturePixels),
		rowBend: new Float64Array(pictureSide),
		columnBend: new Float64Array(pictureSide),
		parts: [],
	};
}

export function distanceAt(scene: Scene, part: number, pixel: number): number {
	return scene.distances[part * picturePixels + pixel] as number;
}

/** Who places a figure, how freely (see `drawUser`), and how unevenly its edges are drawn. */
export interface Placing {
	readonly user: UserStyle;
	readonly variation: number;
	/** Size of the wobble of hand-drawn edges, in pixels. */
	readonly wobble: number;
}

/** Places a figure as this user places it this time. Written into `scene`. */
export function placeFigure(random: RandomStream, figure: Figure, placing: Placing, scene: Scene): void {
	const { user, variation, wobble } = placing;
	const around = (mean: number, deviation: number): number =>
		mean + deviation * variation * Math.max(-2, Math.min(2, random.normal()));
	const turn = user.turn + (2 * random.uniform() - 1) * figure.turn * Math.min(1, variation);
	const size = Math.max(6, around(user.size, 1.3));
	const stretch = Math.exp(around(0, 0.09));
	const shear = around(0, 0.08);
	const mirror = random.uniform() < 0.5 ? -1 : 1;
	const middleX = (pictureSide - 1) / 2 + around(user.shiftX, 1.6);
	const middleY = (pictureSide - 1) / 2 + around(user.shiftY, 1.6);
	const cosine = Math.cos(turn) / size;
	const sine = Math.sin(turn) / size;
	const { rowBend, columnBend } = scene;
	const bendSeed = random.uint32();
	for (let line = 0; line < pictureSide; line++) {
		rowBend[line] = wobble * (valueNoise(line / 4, 0, bendSeed) - 0.5);
		columnBend[line] = wobble * (valueNoise(line / 4, 1, bendSeed) - 0.5);
	}
	const surrounds = figure.parts.map(surroundOf);
	scene.parts = figure.parts;
	for (let row = 0; row < pictureSide; row++) {
		for (let column = 0; column < pictureSide; column++) {
			const dx = column - middleX + (rowBend[row] as number);
			const dy = row - middleY + (columnBend[column] as number);
			const y = (cosine * dy - sine * dx) * stretch;
			const x = (mirror * (cosine * dx + sine * dy)) / stretch + shear * y;
			const pixel = row * pictureSide + column;
			for (let part = 0; part < figure.parts.length; part++) {
				const around = surrounds[part] as Surround;
				const offX = x - around.x;
				const offY = y - around.y;
				const near = around.radius + farAway;
				// Far from a part a lower bound is as good as the distance: no painter looks that far.
				const distance =
					offX * offX + offY * offY > near * near
						? farAway
						: signedDistance(figure.parts[part] as Part, x, y);
				scene.distances[part * picturePixels + pixel] = distance * size;
			}
		}
	}
}

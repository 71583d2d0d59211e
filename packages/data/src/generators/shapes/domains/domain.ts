import type { RandomStream } from "@fl-sim/core";
import type { Canvas } from "../canvas.ts";
import { unit } from "../noise.ts";
import type { Palette } from "../palette.ts";
import type { Scene } from "../scene.ts";

/** A way of making pictures. */
export interface Domain {
	readonly name: string;
	/** Unevenness of the edges in pixels. */
	readonly wobble: number;
	/** Noise relative to the option `noise`. */
	readonly noise: number;
	/** Paints the placed figure and its ground over the whole canvas. */
	readonly paint: (random: RandomStream, scene: Scene, palette: Palette, canvas: Canvas) => void;
}

/** How much of a pixel lies inside an edge at this distance, when the edge fades over `softness` pixels. */
export function coverage(distance: number, softness: number): number {
	return unit(0.5 - distance / softness);
}

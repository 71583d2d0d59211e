import type { RandomStream } from "@fl-sim/core";
import { drawPath, pictureSide } from "./pen.ts";
import type { Skeleton } from "./skeleton.ts";
import { type Letter, newPlacement, type Placement, placeLetter } from "./writer.ts";

/** Memory that pictures are made in, one after the other. */
export interface Desk {
	readonly placement: Placement;
	/** `[28 * 28]`, see `drawPath`. */
	readonly distances: Float32Array;
}

export function newDesk(): Desk {
	return { placement: newPlacement(), distances: new Float32Array(pictureSide * pictureSide) };
}

/** What to draw and how dirty the picture is. */
export interface PictureSettings extends Letter {
	/** Deviation of the grey noise, as a fraction of the full scale. */
	readonly noise: number;
}

/** Draws one letter. Written into `picture`: grey levels, 0 is empty, 255 is ink, `[28 * 28]` row-major. */
export function drawPicture(
	random: RandomStream,
	settings: PictureSettings,
	{ desk, picture }: { readonly desk: Desk; readonly picture: Uint8Array },
): void {
	const { writer, label, noise } = settings;
	const { placement, distances } = desk;
	placeLetter(random, settings, placement);
	const skeleton = writer.forms[label] as Skeleton;
	drawPath({ skeleton, ...placement, roundness: writer.roundness }, distances);
	const fade = 1 / writer.softness;
	const ink = writer.ink * (1 - 0.1 * random.uniform());
	const dirt = (255 * noise) / deviationOfByteSum;
	for (let pixel = 0; pixel < picture.length; pixel++) {
		const word = random.uint32();
		const cover = 0.5 - (distances[pixel] as number) * fade;
		let grey = dirt * (byteSum(word) - meanOfByteSum);
		if (cover > 0) grey += ink * (cover < 1 ? cover : 1) * (1 - (writer.grain * (word >>> 24)) / 255);
		picture[pixel] = grey <= 0 ? 0 : grey >= 255 ? 255 : grey + 0.5;
	}
}

/** The sum of the four bytes of a word: nearly normal, and much cheaper than a normal draw per pixel. */
function byteSum(word: number): number {
	return (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24);
}
const meanOfByteSum = 4 * 127.5;
/** A byte has variance (256^2 - 1) / 12. */
const deviationOfByteSum = Math.sqrt((4 * (256 * 256 - 1)) / 12);

import { characterForms } from "./letter-forms.ts";

/** Points that the pen passes, in hundredths of the height of a capital. */
export interface Skeleton {
	/** `[2 * numPoints]`: x, y, x, y, ... */
	readonly points: Float64Array;
	readonly numPoints: number;
	/** 1 where the pen turns sharply or a stroke begins or ends, `[numPoints]`. */
	readonly corners: Uint8Array;
	/** 1 at the first point of each stroke, `[numPoints]`. */
	readonly starts: Uint8Array;
	/** Middle of the bounding box. */
	readonly centreX: number;
	readonly centreY: number;
}

/** One class of the data set. */
export interface Character {
	readonly name: string;
	/** Allographs; at least one. */
	readonly forms: readonly Skeleton[];
}

/** The characters by class: 10 digits, 26 capitals, 26 small letters. */
export const characters: readonly Character[] = Object.entries(characterForms).map(([name, forms]) => ({
	name,
	forms: forms.map(skeletonOf),
}));

/** The most points that any form has. */
export const maxPoints = Math.max(
	...characters.flatMap((character) => character.forms.map((form) => form.numPoints)),
);

function skeletonOf(form: string): Skeleton {
	const strokes = form.split(" / ").map((stroke) => stroke.split(" "));
	const marks = strokes.flatMap((stroke) =>
		stroke.map((mark, place) => {
			const [x, y] = mark.replace("!", "").split(",").map(Number);
			const isEnd = place === 0 || place === stroke.length - 1;
			return {
				x: x ?? Number.NaN,
				y: y ?? Number.NaN,
				corner: isEnd || mark.endsWith("!"),
				start: place === 0,
			};
		}),
	);
	const xs = marks.map((mark) => mark.x);
	const ys = marks.map((mark) => mark.y);
	return {
		points: Float64Array.from(marks.flatMap((mark) => [mark.x, mark.y])),
		numPoints: marks.length,
		corners: Uint8Array.from(marks, (mark) => Number(mark.corner)),
		starts: Uint8Array.from(marks, (mark) => Number(mark.start)),
		centreX: (Math.min(...xs) + Math.max(...xs)) / 2,
		centreY: (Math.min(...ys) + Math.max(...ys)) / 2,
	};
}

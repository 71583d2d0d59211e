import { categorical, type RandomStream } from "@fl-sim/core";
import { pictureSide } from "./pen.ts";
import { type Character, maxPoints, type Skeleton } from "./skeleton.ts";

/** One person's hand: what stays the same from letter to letter. */
export interface Writer {
	/** The allograph of each class, `[classes]`. */
	readonly forms: readonly Skeleton[];
	/** How this hand moves the points of each form, in hundredths of a capital's height, `[classes][2 * numPoints]`. */
	readonly habits: readonly Float64Array[];
	/** Height of a capital in pixels. */
	readonly height: number;
	/** Width relative to the model form. */
	readonly aspect: number;
	/** Horizontal shear; positive leans to the right. */
	readonly slant: number;
	/** Turn of the base line in radians. */
	readonly turn: number;
	/** Half the width of a stroke in pixels. */
	readonly radius: number;
	/** How much thinner strokes end than they begin, 0 .. 1. */
	readonly taper: number;
	/** Length of the tangents at bends; 1 is neutral. */
	readonly roundness: number;
	/** Width in pixels over which the edge of a stroke fades out. */
	readonly softness: number;
	/** Grey level of full ink, 0 .. 255. */
	readonly ink: number;
	/** How much of the ink is missing in places, 0 .. 1: a felt pen against a pencil. */
	readonly grain: number;
	/** Usual distance of the letter from the middle of the picture, in pixels. */
	readonly shiftX: number;
	readonly shiftY: number;
	/** How uneven this hand is from one letter to the next; 1 is neutral. */
	readonly unsteadiness: number;
}

/** Weight of the second and each further allograph against 1 for the first. */
const rareForm = 0.5;

/** Draws the hand of a writer; `variation` scales every difference from the model hand. */
export function drawWriter(
	random: RandomStream,
	characters: readonly Character[],
	variation: number,
): Writer {
	const around = (mean: number, deviation: number): number => mean + deviation * variation * bounded(random);
	const style = {
		height: around(18.5, 1.3),
		aspect: around(1, 0.13),
		slant: around(0.12, 0.2),
		turn: around(0, 0.09),
		radius: Math.max(0.55, around(1.15, 0.28)),
		taper: Math.min(0.6, Math.abs(around(0, 0.3))),
		roundness: around(1, 0.2),
		softness: Math.max(0.6, around(1, 0.2)),
		ink: Math.min(255, around(225, 25)),
		grain: Math.min(0.6, Math.abs(around(0, 0.2))),
		shiftX: around(0, 0.9),
		shiftY: around(0, 0.9),
		unsteadiness: Math.exp(around(0, 0.25)),
	};
	const forms = characters.map((character) => {
		const weights = character.forms.map((_, place) => (place === 0 ? 1 : rareForm * Math.min(1, variation)));
		return character.forms[categorical(random, weights)] as Skeleton;
	});
	const habits = forms.map((form) => Float64Array.from({ length: 2 * form.numPoints }, () => around(0, 3.2)));
	return { ...style, forms, habits };
}

/** A standard normal draw, cut at two deviations so that no picture leaves the recognizable. */
function bounded(random: RandomStream): number {
	return Math.max(-2, Math.min(2, random.normal()));
}

/** Places of the pen for one letter, reused from letter to letter. */
export interface Placement {
	/** `[2 * maxPoints]`. */
	readonly places: Float64Array;
	/** `[maxPoints]`. */
	readonly radii: Float64Array;
}

export function newPlacement(): Placement {
	return { places: new Float64Array(2 * maxPoints), radii: new Float64Array(maxPoints) };
}

/** What is written, by whom, and how freely (see `drawWriter`). */
export interface Letter {
	readonly writer: Writer;
	readonly label: number;
	readonly variation: number;
}

/**
 * Puts one example of a letter onto the picture, as this writer writes it this time. Written into `placement`: the
 * points of the writer's form in pixels and the half width of the stroke at each.
 */
export function placeLetter(random: RandomStream, letter: Letter, placement: Placement): void {
	const { writer, label } = letter;
	const { points, numPoints, starts, centreX, centreY } = writer.forms[label] as Skeleton;
	const habit = writer.habits[label] as Float64Array;
	const loose = letter.variation * writer.unsteadiness;
	const slant = writer.slant + 0.07 * loose * bounded(random);
	const turn = writer.turn + 0.07 * loose * bounded(random);
	const scale = (writer.height * (1 + 0.06 * loose * bounded(random))) / 100;
	const aspect = writer.aspect * (1 + 0.08 * loose * bounded(random));
	const middleX = (pictureSide - 1) / 2 + writer.shiftX + 1.0 * loose * bounded(random);
	const middleY = (pictureSide - 1) / 2 + writer.shiftY + 1.0 * loose * bounded(random);
	const thickness = Math.max(0.45, writer.radius * (1 + 0.1 * loose * bounded(random)));
	// A slow wave across the letter bends its straight lines.
	const bend = 3 * loose * bounded(random);
	const bendPhase = 2 * Math.PI * random.uniform();
	const cosine = Math.cos(turn);
	const sine = Math.sin(turn);
	// Small letters stay a little below the middle, descenders hang a little lower: 0.7 of the way to the middle.
	const anchorY = 50 + 0.7 * (centreY - 50);
	let sinceStart = 0;
	for (let point = 0; point < numPoints; point++) {
		sinceStart = starts[point] === 1 ? 0 : sinceStart + 1;
		let x = (points[2 * point] as number) + (habit[2 * point] as number) + 2 * loose * random.normal();
		let y =
			(points[2 * point + 1] as number) + (habit[2 * point + 1] as number) + 2 * loose * random.normal();
		x += bend * Math.sin(bendPhase + y * 0.035);
		y += bend * Math.cos(bendPhase + x * 0.035);
		x = (x - centreX) * aspect;
		y -= anchorY;
		x -= slant * (y + anchorY - centreY);
		placement.places[2 * point] = middleX + scale * (cosine * x - sine * y);
		placement.places[2 * point + 1] = middleY + scale * (sine * x + cosine * y);
		placement.radii[point] = thickness * (1 - writer.taper * Math.min(1, sinceStart / 8));
	}
}

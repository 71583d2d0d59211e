import type { Part } from "./catalogue.ts";

/** Period of the patterns, in units of the figure. */
const period = 0.62;
/** Radius of a dot. */
const dot = 0.2;

/** A circle round all of a part; beyond it the distance to the part is at least that to the circle. */
export interface Surround {
	readonly x: number;
	readonly y: number;
	readonly radius: number;
}

export function surroundOf(part: Part): Surround {
	switch (part.kind) {
		case "polygon":
			return surroundPoints(part.points, 0);
		case "line":
			return surroundPoints(part.points, part.radius);
		case "disc":
			return part;
		case "ring":
			return { x: 0, y: 0, radius: part.radius + part.thickness };
		case "crescent":
			return { x: 0, y: 0, radius: part.radius };
		case "pattern":
			return { x: 0, y: 0, radius: Number.POSITIVE_INFINITY };
	}
}

function surroundPoints(points: readonly number[], margin: number): Surround {
	const xs = points.filter((_, place) => place % 2 === 0);
	const ys = points.filter((_, place) => place % 2 === 1);
	const x = (Math.min(...xs) + Math.max(...xs)) / 2;
	const y = (Math.min(...ys) + Math.max(...ys)) / 2;
	const radii = xs.map((pointX, place) => length(pointX - x, (ys[place] as number) - y));
	return { x, y, radius: Math.max(...radii) + margin };
}

/** Signed distance of a point to the edge of a part, negative inside, in units of the figure. */
export function signedDistance(part: Part, x: number, y: number): number {
	switch (part.kind) {
		case "polygon":
			return toPolygon(part.points, x, y);
		case "line":
			return toLine(part.points, x, y) - part.radius;
		case "disc":
			return length(x - part.x, y - part.y) - part.radius;
		case "ring":
			return Math.abs(length(x, y) - part.radius) - part.thickness;
		case "crescent": {
			const outside = length(x, y) - part.radius;
			const inBite = part.radius * 0.88 - length(x - part.bite, y);
			return Math.max(outside, inBite);
		}
		case "pattern":
			return toPattern(part.pattern, x, y);
	}
}

/** Distance to the nearest edge; the sign from the number of edges that a ray to the right crosses. */
function toPolygon(points: readonly number[], x: number, y: number): number {
	let nearest = Number.POSITIVE_INFINITY;
	let inside = false;
	let fromX = points[points.length - 2] as number;
	let fromY = points[points.length - 1] as number;
	for (let corner = 0; corner < points.length; corner += 2) {
		const toX = points[corner] as number;
		const toY = points[corner + 1] as number;
		nearest = Math.min(nearest, squareToSegment(x - fromX, y - fromY, toX - fromX, toY - fromY));
		if (fromY > y !== toY > y && x < fromX + ((y - fromY) * (toX - fromX)) / (toY - fromY)) inside = !inside;
		fromX = toX;
		fromY = toY;
	}
	return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
}

function toLine(points: readonly number[], x: number, y: number): number {
	let nearest = Number.POSITIVE_INFINITY;
	for (let end = 2; end < points.length; end += 2) {
		const fromX = points[end - 2] as number;
		const fromY = points[end - 1] as number;
		const dx = (points[end] as number) - fromX;
		const dy = (points[end + 1] as number) - fromY;
		nearest = Math.min(nearest, squareToSegment(x - fromX, y - fromY, dx, dy));
	}
	return Math.sqrt(nearest);
}

/** Several times faster than Math.hypot; nothing overflows here. */
function length(x: number, y: number): number {
	return Math.sqrt(x * x + y * y);
}

/** Squared distance of the point (x, y) to the segment from the origin to (dx, dy). */
function squareToSegment(x: number, y: number, dx: number, dy: number): number {
	const along = Math.max(0, Math.min(1, (x * dx + y * dy) / (dx * dx + dy * dy)));
	const offX = x - along * dx;
	const offY = y - along * dy;
	return offX * offX + offY * offY;
}

/** Patterns fill the plane. */
function toPattern(pattern: "stripes" | "checks" | "dots" | "waves", x: number, y: number): number {
	switch (pattern) {
		case "stripes":
			return toStripe(y);
		case "waves":
			return toStripe(y + 0.17 * Math.sin((2 * Math.PI * x) / (1.5 * period)));
		case "checks": {
			// Inside where exactly one of the two coordinates is in a stripe.
			const across = toStripe(x);
			const down = toStripe(y);
			return Math.max(Math.min(across, down), -Math.max(across, down));
		}
		case "dots": {
			const column = x - period * Math.round(x / period);
			const row = y - period * Math.round(y / period);
			return length(column, row) - dot;
		}
	}
}

/** Stripes of half a period, with the middle of one at 0. */
function toStripe(position: number): number {
	return Math.abs(position - period * Math.round(position / period)) - period / 4;
}

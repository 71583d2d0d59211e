import type { Skeleton } from "./skeleton.ts";

/** Side of the square picture in pixels. */
export const pictureSide = 28;

/** Straight pieces that approximate the curve between two points of a skeleton. */
const piecesPerCurve = 5;
/** Further than this many pixels from the edge of a stroke there is no ink. */
const reach = 1.5;
/** Distance of pixels that no stroke came near. */
const far = 1e3;

/** The way of the pen over one picture. */
export interface PenPath {
	readonly skeleton: Skeleton;
	/** The skeleton's points on the picture, in pixels, `[2 * numPoints]`: x, y, x, y, ... */
	readonly places: Float64Array;
	/** Half the width of the stroke at each point, in pixels, `[numPoints]`. */
	readonly radii: Float64Array;
	/** Length of the tangents: 0 gives straight lines, 1 a Catmull-Rom spline, more gives wide bends. */
	readonly roundness: number;
}

interface PenPoint {
	x: number;
	y: number;
	radius: number;
}

/**
 * Draws the path. Written into `distances`: how far the middle of each pixel is from the edge of the nearest stroke,
 * negative inside a stroke, in pixels, `[28 * 28]`; large where there is no ink near.
 */
export function drawPath(path: PenPath, distances: Float32Array): void {
	distances.fill(far);
	const { numPoints, starts } = path.skeleton;
	const from: PenPoint = { x: 0, y: 0, radius: 0 };
	const to: PenPoint = { x: 0, y: 0, radius: 0 };
	for (let point = 1; point < numPoints; point++) {
		if (starts[point] === 0) drawCurve(path, point, { from, to, distances });
	}
}

/** From point `end - 1` to point `end` along a cardinal spline: cubic Hermite, tangents from the neighbours. */
function drawCurve(
	path: PenPath,
	end: number,
	{ from, to, distances }: { from: PenPoint; to: PenPoint; distances: Float32Array },
): void {
	const { places, radii } = path;
	const { corners } = path.skeleton;
	const begin = end - 1;
	const fromX = places[2 * begin] as number;
	const fromY = places[2 * begin + 1] as number;
	const toX = places[2 * end] as number;
	const toY = places[2 * end + 1] as number;
	// At a corner the tangent leads straight to the other point, so that the curve does not swing round it.
	const before = corners[begin] === 1 ? begin : begin - 1;
	const after = corners[end] === 1 ? end : end + 1;
	const pull = path.roundness / 2;
	const startX = (toX - (places[2 * before] as number)) * pull;
	const startY = (toY - (places[2 * before + 1] as number)) * pull;
	const endX = ((places[2 * after] as number) - fromX) * pull;
	const endY = ((places[2 * after + 1] as number) - fromY) * pull;
	const fromRadius = radii[begin] as number;
	const growth = (radii[end] as number) - fromRadius;
	from.x = fromX;
	from.y = fromY;
	from.radius = fromRadius;
	for (let piece = 1; piece <= piecesPerCurve; piece++) {
		const t = piece / piecesPerCurve;
		const tt = t * t;
		const ttt = tt * t;
		const atEnd = 3 * tt - 2 * ttt;
		to.x = (1 - atEnd) * fromX + atEnd * toX + (ttt - 2 * tt + t) * startX + (ttt - tt) * endX;
		to.y = (1 - atEnd) * fromY + atEnd * toY + (ttt - 2 * tt + t) * startY + (ttt - tt) * endY;
		to.radius = fromRadius + t * growth;
		drawLine(from, to, distances);
		from.x = to.x;
		from.y = to.y;
		from.radius = to.radius;
	}
}

/** A straight line whose width changes evenly on the way. */
function drawLine(from: PenPoint, to: PenPoint, distances: Float32Array): void {
	const margin = Math.max(from.radius, to.radius) + reach;
	const left = Math.max(0, Math.ceil(Math.min(from.x, to.x) - margin));
	const right = Math.min(pictureSide - 1, Math.floor(Math.max(from.x, to.x) + margin));
	const top = Math.max(0, Math.ceil(Math.min(from.y, to.y) - margin));
	const bottom = Math.min(pictureSide - 1, Math.floor(Math.max(from.y, to.y) + margin));
	const dx = to.x - from.x;
	const dy = to.y - from.y;
	const scale = 1 / Math.max(dx * dx + dy * dy, 1e-9);
	const growth = to.radius - from.radius;
	for (let row = top; row <= bottom; row++) {
		const y = row - from.y;
		for (let column = left; column <= right; column++) {
			const x = column - from.x;
			let along = (x * dx + y * dy) * scale;
			along = along < 0 ? 0 : along > 1 ? 1 : along;
			const offX = x - along * dx;
			const offY = y - along * dy;
			const distance = Math.sqrt(offX * offX + offY * offY) - from.radius - along * growth;
			const pixel = row * pictureSide + column;
			if (distance < (distances[pixel] as number)) distances[pixel] = distance;
		}
	}
}

import fc from "fast-check";
import { expect, test } from "vitest";
import { figures, type Part } from "./catalogue.ts";
import { signedDistance, surroundOf } from "./distance.ts";

const square: Part = { kind: "polygon", points: [-1, -1, 1, -1, 1, 1, -1, 1], colour: 0 };

test("distances to a square, worked by hand", () => {
	expect(signedDistance(square, 0, 0)).toBe(-1);
	expect(signedDistance(square, 0.5, 0)).toBe(-0.5);
	expect(signedDistance(square, 3, 0)).toBe(2);
	// From (4, 5) to the corner (1, 1): 3, 4, 5.
	expect(signedDistance(square, 4, 5)).toBe(5);
});

test("distances to a ring and a line, worked by hand", () => {
	const ring: Part = { kind: "ring", radius: 2, thickness: 0.5, colour: 0 };
	expect(signedDistance(ring, 2, 0)).toBe(-0.5);
	expect(signedDistance(ring, 0, 0)).toBe(1.5);
	const line: Part = { kind: "line", points: [0, 0, 4, 0], radius: 1, colour: 0 };
	expect(signedDistance(line, 2, 3)).toBe(2);
	expect(signedDistance(line, 7, 4)).toBe(4);
});

test("checks change sides from field to field", () => {
	const checks: Part = { kind: "pattern", pattern: "checks", colour: 0 };
	const fieldSide = 0.62 / 2;
	const isInside = (column: number, row: number): boolean =>
		signedDistance(checks, column * fieldSide, row * fieldSide) < 0;
	expect([isInside(0, 0), isInside(1, 0), isInside(0, 1), isInside(1, 1)]).toEqual([
		false,
		true,
		true,
		false,
	]);
});

test("a distance never changes faster than the point moves", () => {
	const parts: readonly Part[] = [
		square,
		{ kind: "disc", x: 0.3, y: 0, radius: 0.5, colour: 0 },
		{ kind: "ring", radius: 0.7, thickness: 0.2, colour: 0 },
		{ kind: "crescent", radius: 0.9, bite: 0.4, colour: 0 },
		{ kind: "line", points: [0, 0, 1, 1, -1, 0.5], radius: 0.1, colour: 0 },
	];
	const place = fc.double({ min: -2, max: 2, noNaN: true });
	fc.assert(
		fc.property(fc.constantFrom(...parts), place, place, fc.tuple(place, place), (part, x, y, [toX, toY]) => {
			const change = Math.abs(signedDistance(part, x, y) - signedDistance(part, toX, toY));
			expect(change).toBeLessThanOrEqual(Math.hypot(toX - x, toY - y) + 1e-9);
		}),
	);
});

test("no point of a figure lies outside the circle round its part", () => {
	const parts = figures.flatMap((figure) => figure.parts).filter((part) => part.kind !== "pattern");
	const place = fc.double({ min: -1.5, max: 1.5, noNaN: true });
	fc.assert(
		fc.property(fc.constantFrom(...parts), place, place, (part, x, y) => {
			const around = surroundOf(part);
			const toCircle = Math.hypot(x - around.x, y - around.y) - around.radius;
			expect(signedDistance(part, x, y)).toBeGreaterThan(toCircle - 1e-9);
		}),
	);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { misalignments, normalsOf, runRoutine } from "./routine-runs.fixture.ts";
import { rsqrtRoutine, squareRoutine } from "./unary-routine.ts";

const sizes = fc.integer({ min: 0, max: 70 });

test("square multiplies values by themselves", () => {
	fc.assert(
		fc.property(sizes, misalignments, fc.nat(), (size, misalignment, seed) => {
			const x = normalsOf(size, seed);
			expect(runRoutine(squareRoutine(size), [x], { size, misalignment })).toEqual(
				x.map((value) => value * value),
			);
		}),
	);
});

test("rsqrt is 1 over the square root, rounded twice", () => {
	fc.assert(
		fc.property(sizes, misalignments, fc.nat(), (size, misalignment, seed) => {
			const x = normalsOf(size, seed);
			expect(runRoutine(rsqrtRoutine(size), [x], { size, misalignment })).toEqual(
				x.map((value) => 1 / Math.fround(Math.sqrt(value))),
			);
		}),
	);
	const found = runRoutine(rsqrtRoutine(3), [Float32Array.of(0, 4, -1)], { size: 3 });
	expect([...found]).toEqual([Number.POSITIVE_INFINITY, 0.5, Number.NaN]);
});

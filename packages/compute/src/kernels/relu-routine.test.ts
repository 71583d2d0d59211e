import fc from "fast-check";
import { expect, test } from "vitest";
import { reluGradientRoutine, reluRoutine, stepRoutine } from "./relu-routine.ts";
import type { Routine } from "./routine.ts";
import { eighthsOf, machine, misalignments, place, runRoutine } from "./routine-runs.fixture.ts";

const sizes = fc.integer({ min: 0, max: 70 });

const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1e-45, -1e-45];

/** Values of which every third is a special one. */
function valuesOf(size: number, seed: number): Float32Array {
	return eighthsOf(size, seed).map((value, index) =>
		index % 3 === 0 ? (special[(index / 3 + seed) % special.length] as number) : value,
	);
}

function expectFunction(make: (size: number) => Routine, expected: (x: number) => number): void {
	fc.assert(
		fc.property(sizes, misalignments, fc.nat(1000), (size, misalignment, seed) => {
			const x = valuesOf(size, seed);
			const found = runRoutine(make(size), [x], { size, misalignment });
			expect(found).toEqual(x.map(expected));
			const placed = place([x], misalignment);
			const [at] = placed.addresses as [number];
			make(size).bind(machine, [at, at], [])();
			placed.checkGuards();
			expect(placed.values(0)).toEqual(found);
		}),
	);
}

test("relu is max(x, 0), in place as well", () => {
	expectFunction(reluRoutine, (x) => Math.max(x, 0));
});

test("step is 1 above 0 and else 0, but not a number where x is not", () => {
	expectFunction(stepRoutine, (x) => (Number.isNaN(x) ? x : Number(x > 0)));
});

test("the gradient of relu is dy where y is positive, in place as well", () => {
	fc.assert(
		fc.property(sizes, misalignments, fc.nat(1000), (size, misalignment, seed) => {
			const [y, dy] = [valuesOf(size, seed), valuesOf(size, seed + 1)];
			const expected = dy.map((slope, index) => ((y[index] as number) > 0 ? slope : 0));
			const found = runRoutine(reluGradientRoutine(size), [y, dy], { size, misalignment });
			expect(found).toEqual(expected);
			const placed = place([y, dy], misalignment);
			const [yAt, dyAt] = placed.addresses as [number, number];
			reluGradientRoutine(size).bind(machine, [yAt, dyAt, dyAt], [])();
			placed.checkGuards();
			expect(placed.values(1)).toEqual(expected);
		}),
	);
});

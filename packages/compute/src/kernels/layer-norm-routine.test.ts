import fc from "fast-check";
import { expect, test } from "vitest";
import {
	layerNormGradientRoutine,
	layerNormRoutine,
	layerNormScaleGradientRoutine,
} from "./layer-norm-routine.ts";
import { misalignments, normalsOf, runRoutine } from "./routine-runs.fixture.ts";

const shapes = fc.record({
	rows: fc.integer({ min: 1, max: 9 }),
	channels: fc.integer({ min: 2, max: 40 }),
	misalignment: misalignments,
});

/** (x - mean) / sqrt(variance + 1e-5) of each row in float64. */
function normalRows(x: ArrayLike<number>, channels: number): number[] {
	const all = Array.from(x);
	return all.map((value, index) => {
		const start = index - (index % channels);
		const row = all.slice(start, start + channels);
		const mean = row.reduce((sum, one) => sum + one, 0) / channels;
		const variance = row.reduce((sum, one) => sum + (one - mean) ** 2, 0) / channels;
		return (value - mean) / Math.sqrt(variance + 1e-5);
	});
}

const drawn = (rows: number, channels: number) => ({
	x: normalsOf(rows * channels, 1),
	dy: normalsOf(rows * channels, 2),
	scale: normalsOf(channels, 3),
	shift: normalsOf(channels, 4),
});

function expectClose(found: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
	for (const [index, value] of expected.entries()) {
		expect(Math.abs((found[index] as number) - value)).toBeLessThan(tolerance * (1 + Math.abs(value)));
	}
}

test("rows are normalised, scaled and shifted", () => {
	fc.assert(
		fc.property(shapes, ({ rows, channels, misalignment }) => {
			const { x, scale, shift } = drawn(rows, channels);
			const y = runRoutine(layerNormRoutine(rows, channels), [x, scale, shift], {
				size: x.length,
				misalignment,
			});
			const expected = normalRows(x, channels).map(
				(value, index) => value * (scale[index % channels] as number) + (shift[index % channels] as number),
			);
			expectClose(y, expected, 1e-4);
		}),
	);
});

test("the gradient by x is what differences show along a direction", () => {
	fc.assert(
		fc.property(shapes, ({ rows, channels, misalignment }) => {
			// Two channels normalise to a step function, whose differences say nothing.
			fc.pre(channels > 3);
			const { x, dy, scale } = drawn(rows, channels);
			const dx = runRoutine(layerNormGradientRoutine(rows, channels), [x, dy, scale], {
				size: x.length,
				misalignment,
			});
			const direction = normalsOf(x.length, 5);
			const along = (step: number) =>
				normalRows(
					Array.from(x, (value, index) => value + step * (direction[index] as number)),
					channels,
				).reduce(
					(sum, value, index) => sum + value * (scale[index % channels] as number) * (dy[index] as number),
					0,
				);
			const expected = (along(1e-6) - along(-1e-6)) / 2e-6;
			const found = dx.reduce((sum, value, index) => sum + value * (direction[index] as number), 0);
			const size = Math.hypot(...dx) * Math.hypot(...direction);
			expect(Math.abs(found - expected)).toBeLessThan(1e-4 * (1 + size));
		}),
	);
});

test("the gradient by the scale adds up slopes times normalised values", () => {
	fc.assert(
		fc.property(shapes, ({ rows, channels, misalignment }) => {
			const { x, dy } = drawn(rows, channels);
			const found = runRoutine(layerNormScaleGradientRoutine(rows, channels), [x, dy], {
				size: channels,
				misalignment,
			});
			const normal = normalRows(x, channels);
			const expected = Array.from({ length: channels }, (_, channel) =>
				Array.from({ length: rows }, (_, row) => row * channels + channel).reduce(
					(sum, i) => sum + (dy[i] as number) * (normal[i] as number),
					0,
				),
			);
			expectClose(found, expected, 1e-3);
		}),
	);
});

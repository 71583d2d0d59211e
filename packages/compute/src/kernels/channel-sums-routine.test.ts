import fc from "fast-check";
import { expect, test } from "vitest";
import { channelSumsRoutine } from "./channel-sums-routine.ts";
import { eighthsOf, misalignments, normalsOf, runRoutine } from "./routine-runs.fixture.ts";

const shapes = fc.record({
	blocks: fc.integer({ min: 0, max: 3 }),
	rows: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 120, max: 300 })),
	channels: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(510, 512)),
});

/** Sums over rows in float64. */
function sums(x: Float32Array, [blocks, rows, channels]: readonly [number, number, number]): Float64Array {
	const found = new Float64Array(blocks * channels);
	for (const index of found.keys()) {
		const [block, channel] = [Math.floor(index / channels), index % channels];
		for (let row = 0; row < rows; row++) {
			found[index] = (found[index] as number) + (x[(block * rows + row) * channels + channel] as number);
		}
	}
	return found;
}

test("sums over rows are right for any number of channels", () => {
	fc.assert(
		fc.property(shapes, misalignments, fc.nat(), ({ blocks, rows, channels }, misalignment, seed) => {
			const fitting = Math.min(rows, Math.floor(40_000 / Math.max(channels, 1)));
			const x = eighthsOf(blocks * fitting * channels, seed);
			const expected = sums(x, [blocks, fitting, channels]);
			const routine = channelSumsRoutine(blocks, fitting, channels);
			const found = runRoutine(routine, [x], { size: expected.length, misalignment });
			expect(found).toEqual(Float32Array.from(expected));
		}),
	);
});

test("long sums are nearer to those in float64 than a sum of one value after the other", () => {
	for (const channels of [1, 2, 3, 4, 6, 10, 21]) {
		const rows = Math.floor(200_000 / channels);
		const x = normalsOf(rows * channels, channels).map((value) => Math.abs(value) + 0.1);
		const exact = sums(x, [1, rows, channels]);
		const found = runRoutine(channelSumsRoutine(1, rows, channels), [x], { size: channels });
		const serial = new Float32Array(channels);
		for (const [index, value] of x.entries()) {
			serial[index % channels] = (serial[index % channels] as number) + value;
		}
		expect(distance(found, exact)).toBeLessThan(distance(serial, exact));
		expect(distance(found, exact)).toBeLessThan(3e-6);
	}
});

function distance(a: Float32Array, b: Float64Array): number {
	return Math.max(...b.map((value, index) => Math.abs((a[index] as number) - value) / value));
}

import fc from "fast-check";
import { expect, test } from "vitest";
import { channelProductsRoutine } from "./channel-sums-routine.ts";
import { eighthsOf, machine, misalignments, normalsOf, place, runRoutine } from "./routine-runs.fixture.ts";

const shapes = fc.record({
	blocks: fc.integer({ min: 0, max: 3 }),
	rows: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 120, max: 300 })),
	channels: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(64, 510, 512)),
});

interface Operands {
	readonly a: Float32Array;
	readonly b: Float32Array;
}

/** Sums over rows of products in float64. */
function products(
	{ a, b }: Operands,
	[blocks, rows, channels]: readonly [number, number, number],
): Float64Array {
	const found = new Float64Array(blocks * channels);
	for (const index of found.keys()) {
		const [block, channel] = [Math.floor(index / channels), index % channels];
		for (let row = 0; row < rows; row++) {
			const at = (block * rows + row) * channels + channel;
			found[index] = (found[index] as number) + (a[at] as number) * (b[at] as number);
		}
	}
	return found;
}

test("sums over rows of products are right for any number of channels", () => {
	fc.assert(
		fc.property(shapes, misalignments, fc.nat(), ({ blocks, rows, channels }, misalignment, seed) => {
			const fitting = Math.min(rows, Math.floor(25_000 / Math.max(channels, 1)));
			const [a, b] = [0, 1].map((salt) => eighthsOf(blocks * fitting * channels, seed + salt)) as [
				Float32Array,
				Float32Array,
			];
			const routine = channelProductsRoutine(blocks, fitting, channels);
			const size = blocks * channels;
			const expected = products({ a, b }, [blocks, fitting, channels]);
			expect(runRoutine(routine, [a, b], { size, misalignment })).toEqual(Float32Array.from(expected));
		}),
	);
});

test("both operands may be one: sums of squares", () => {
	const extents = [2, 150, 21] as const;
	const x = eighthsOf(2 * 150 * 21, 1);
	const routine = channelProductsRoutine(...extents);
	const placed = place([x, new Float32Array(2 * 21), new Float32Array(16)]);
	const [at, out, room] = placed.addresses as [number, number, number];
	routine.bind(machine, [at, at, out], [room])();
	placed.checkGuards();
	expect(placed.values(1)).toEqual(Float32Array.from(products({ a: x, b: x }, extents)));
});

test("long sums of squares are nearer to those in float64 than a sum of one square after the other", () => {
	for (const channels of [1, 2, 3, 4, 6, 16, 21]) {
		const rows = Math.floor(100_000 / channels);
		const x = normalsOf(rows * channels, channels);
		const exact = products({ a: x, b: x }, [1, rows, channels]);
		const found = runRoutine(channelProductsRoutine(1, rows, channels), [x, x], { size: channels });
		const serial = new Float32Array(channels);
		for (const [index, value] of x.entries()) {
			serial[index % channels] = (serial[index % channels] as number) + Math.fround(value * value);
		}
		expect(distance(found, exact)).toBeLessThan(distance(serial, exact));
		expect(distance(found, exact)).toBeLessThan(3e-6);
	}
});

function distance(a: Float32Array, b: Float64Array): number {
	return Math.max(...b.map((value, index) => Math.abs((a[index] as number) - value) / value));
}

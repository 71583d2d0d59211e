import fc from "fast-check";
import { expect, test } from "vitest";
import type { Routine } from "./routine.ts";
import { machine, misalignments, normalsOf, place, runRoutine } from "./routine-runs.fixture.ts";
import { scaleAndShiftRoutine, standardizeGradientRoutine } from "./standardize-routine.ts";

const shapes = fc.record({
	blocks: fc.integer({ min: 0, max: 3 }),
	rows: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 120, max: 150 })),
	channels: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(48, 64, 67)),
});

/** Where an element's factors are. */
interface Element {
	readonly index: number;
	readonly channel: number;
	/** In `[blocks, channels]`. */
	readonly blockChannel: number;
}

interface Pass {
	readonly make: (blocks: number, rows: number, channels: number) => Routine;
	/** Sizes of the operands. */
	readonly sizes: (all: number, perBlock: number, channels: number) => readonly number[];
	/** In float32, each operation rounded. */
	readonly expected: (operands: readonly Float32Array[], element: Element) => number;
	/** Operands whose place the result may take. */
	readonly inPlace: readonly number[];
}

/** Expects the very bits of the formula, in a place of its own and in the place of an operand. */
function expectPass({ make, sizes, expected, inPlace }: Pass): void {
	fc.assert(
		fc.property(shapes, misalignments, fc.nat(1000), ({ blocks, rows, channels }, misalignment, seed) => {
			const size = blocks * rows * channels;
			const operands = sizes(size, blocks * channels, channels).map((length, index) =>
				normalsOf(length, seed + index),
			);
			const values = Float32Array.from({ length: size }, (_, index) => {
				const channel = index % channels;
				const blockChannel = Math.floor(index / (rows * channels)) * channels + channel;
				return expected(operands, { index, channel, blockChannel });
			});
			const routine = make(blocks, rows, channels);
			expect(runRoutine(routine, operands, { size, misalignment })).toEqual(values);
			for (const operand of inPlace) {
				const placed = place(operands, misalignment);
				routine.bind(machine, [...placed.addresses, placed.addresses[operand] as number], [])();
				placed.checkGuards();
				expect(placed.values(operand)).toEqual(values);
			}
		}),
	);
}

/** The product of two values in float32. */
function product(a: number | undefined, b: number | undefined): number {
	return Math.fround((a as number) * (b as number));
}

test("scale and shift take their factors by block and channel, in place as well", () => {
	expectPass({
		make: scaleAndShiftRoutine,
		sizes: (all, perBlock, channels) => [all, perBlock, channels],
		expected: ([x, scale, shift], { index, channel, blockChannel }) =>
			product(x?.[index], scale?.[blockChannel]) + (shift?.[channel] as number),
		inPlace: [0],
	});
});

test("the gradient of a normalisation's input takes its factors by block and channel, in place as well", () => {
	expectPass({
		make: standardizeGradientRoutine,
		sizes: (all, perBlock) => [all, all, perBlock, perBlock, perBlock],
		expected: ([dy, centred, steepness, pull, offset], { index, blockChannel }) =>
			Math.fround(
				product(dy?.[index], steepness?.[blockChannel]) - product(centred?.[index], pull?.[blockChannel]),
			) - (offset?.[blockChannel] as number),
		inPlace: [0, 1],
	});
});

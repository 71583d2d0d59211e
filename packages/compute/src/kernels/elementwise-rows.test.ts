import fc from "fast-check";
import { expect, test } from "vitest";
import { elementwiseRoutine } from "./elementwise-routine.ts";
import type { Routine } from "./routine.ts";
import { eighthsOf, misalignments, runRoutine } from "./routine-runs.fixture.ts";

const extents = fc.record({
	blocks: fc.integer({ min: 1, max: 3 }),
	rows: fc.integer({ min: 0, max: 9 }),
	columns: fc.constantFrom(15, 16, 32, 48, 50, 64),
});

test("rows meet a row that repeats, whichever operand repeats it", () => {
	fc.assert(
		fc.property(
			extents,
			fc.boolean(),
			misalignments,
			fc.nat(1000),
			(extent, perBlock, misalignment, seed) => {
				const { blocks, rows, columns } = extent;
				const shape = [blocks, rows, columns];
				const repeated = perBlock ? [blocks, 1, columns] : [columns];
				const size = blocks * rows * columns;
				const x = eighthsOf(size, seed);
				const row = eighthsOf(perBlock ? blocks * columns : columns, seed + 1);
				const differences = x.map((value, index) => {
					const from = perBlock ? Math.floor(index / (rows * columns)) * columns : 0;
					return value - (row[from + (index % columns)] as number);
				});
				const forward = elementwiseRoutine("subtract", { shape, a: shape, b: repeated }) as Routine;
				expect(runRoutine(forward, [x, row], { size, misalignment })).toEqual(differences);
				const reverse = elementwiseRoutine("subtract", { shape, a: repeated, b: shape }) as Routine;
				expect(runRoutine(reverse, [row, x], { size, misalignment })).toEqual(
					differences.map((difference) => 0 - difference),
				);
			},
		),
	);
});

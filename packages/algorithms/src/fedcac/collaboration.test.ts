import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BitMask, countBits, emptyMask, hasBit, setBit } from "../bit-mask/bit-mask.ts";
import { collaborators, gateThreshold, overlaps, spreadOf } from "./collaboration.ts";

/** A mask from its bits in order: `11001000`. */
function maskOf(text: string): BitMask {
	const mask = emptyMask(text.length);
	for (let i = 0; i < text.length; i++) if (text[i] === "1") setBit(mask, i);
	return mask;
}

describe("three clients of which two agree", () => {
	const matrix = overlaps(["11001000", "10101000", "00010110"].map(maskOf));

	test("overlaps are shares of the critical parameters", () => {
		const expected = [
			[1, 2 / 3, 0],
			[2 / 3, 1, 0],
			[0, 0, 1],
		];
		for (const [i, row] of expected.entries()) {
			for (const [j, value] of row.entries()) expect(matrix[i]?.[j]).toBeCloseTo(value, 12);
		}
		expect(spreadOf(matrix).mean).toBeCloseTo(2 / 9, 12);
		expect(spreadOf(matrix).max).toBeCloseTo(2 / 3, 12);
	});

	test("the gate rises from the mean to the maximum at round beta and beyond", () => {
		for (const [round, expected] of [
			[1, 1 / 3],
			[2, 4 / 9],
			[4, 2 / 3],
			[5, 7 / 9],
		] as const) {
			expect(gateThreshold(matrix, round, 4)).toBeCloseTo(expected, 12);
		}
	});

	test("the two work together until round beta, the third works alone always", () => {
		for (const round of [1, 2, 3, 4]) {
			expect(collaborators(matrix, gateThreshold(matrix, round, 4))).toEqual([[0, 1], [0, 1], [2]]);
		}
		expect(collaborators(matrix, gateThreshold(matrix, 5, 4))).toEqual([[0], [1], [2]]);
	});
});

const masks = fc.array(
	fc.string({ unit: fc.constantFrom("0", "1"), minLength: 20, maxLength: 20 }).map(maskOf),
	{ minLength: 2, maxLength: 6 },
);

test("an overlap is the intersection over the own count when counts are equal, and never above 1 then", () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 19 }),
			fc.array(fc.nat({ max: 19 }), { minLength: 2, maxLength: 6 }),
			(count, shifts) => {
				// Runs of equal length that start anywhere, around the end.
				const equal = shifts.map((shift) => {
					const mask = emptyMask(20);
					for (let i = 0; i < count; i++) setBit(mask, (shift + i) % 20);
					return mask;
				});
				const matrix = overlaps(equal);
				for (const [i, one] of equal.entries()) {
					for (const [j, other] of equal.entries()) {
						const common = Array.from({ length: 20 }, (_, bit) => hasBit(one, bit) && hasBit(other, bit));
						expect(matrix[i]?.[j]).toBeCloseTo(common.filter(Boolean).length / count, 12);
					}
				}
			},
		),
	);
});

test("any masks: a client without critical parameters overlaps with nobody, every client works with itself", () => {
	fc.assert(
		fc.property(masks, fc.integer({ min: 1, max: 30 }), (all, round) => {
			const matrix = overlaps(all);
			for (const [i, mask] of all.entries()) {
				if (countBits(mask) > 0) continue;
				expect(matrix[i]?.every((value, j) => value === (i === j ? 1 : 0))).toBe(true);
			}
			for (const [i, group] of collaborators(matrix, gateThreshold(matrix, round, 10)).entries()) {
				expect(group).toContain(i);
			}
		}),
	);
});

test("past beta nobody shares critical parameters, unless all overlaps are equal", () => {
	fc.assert(
		fc.property(masks, fc.integer({ min: 11, max: 30 }), (all, round) => {
			const matrix = overlaps(all);
			const { mean, max } = spreadOf(matrix);
			fc.pre(max - mean > 1e-6);
			for (const [i, group] of collaborators(matrix, gateThreshold(matrix, round, 10)).entries()) {
				expect(group).toEqual([i]);
			}
		}),
	);
});

test("clients that are all the same work together for ever", () => {
	const matrix = overlaps(Array.from({ length: 4 }, () => maskOf("1101000")));
	for (const round of [1, 10, 1000]) {
		expect(collaborators(matrix, gateThreshold(matrix, round, 10))).toEqual(
			Array.from({ length: 4 }, () => [0, 1, 2, 3]),
		);
	}
});

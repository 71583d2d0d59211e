import fc from "fast-check";
import { expect, test } from "vitest";
import { countBits, countDifferences, emptyMask, hasBit, setBit } from "./bit-mask.ts";

const flags = fc.array(fc.boolean(), { maxLength: 100 });

function maskOf(values: readonly boolean[]) {
	const mask = emptyMask(values.length);
	for (const [i, value] of values.entries()) if (value) setBit(mask, i);
	return mask;
}

test("bits come back where they were set, and their number is right for any length", () => {
	fc.assert(
		fc.property(flags, (values) => {
			const mask = maskOf(values);
			expect(mask).toHaveLength(Math.ceil(values.length / 8));
			expect(values.map((_, i) => hasBit(mask, i))).toEqual(values);
			expect(countBits(mask)).toBe(values.filter(Boolean).length);
		}),
	);
});

test("differences are counted bit by bit", () => {
	fc.assert(
		fc.property(fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 100 }), (pairs) => {
			const [one, other] = [maskOf(pairs.map(([a]) => a)), maskOf(pairs.map(([, b]) => b))];
			expect(countDifferences(one, other)).toBe(pairs.filter(([a, b]) => a !== b).length);
		}),
	);
});

test("all bits of a word count", () => {
	expect(countBits(Uint8Array.of(255, 255, 255, 255, 255))).toBe(40);
});

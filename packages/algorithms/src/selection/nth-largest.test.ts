import fc from "fast-check";
import { expect, test } from "vitest";
import { nthLargest } from "./nth-largest.ts";

test("it is the value that sorting puts there, with ties and in any order", () => {
	fc.assert(
		fc.property(
			fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.float({ noNaN: true })), {
				minLength: 1,
				maxLength: 60,
			}),
			fc.nat(),
			(list, pick) => {
				const values = Float32Array.from(list);
				const n = 1 + (pick % values.length);
				const sorted = values.toSorted().reverse();
				expect(nthLargest(values, n)).toBeCloseTo(sorted[n - 1] as number, 30);
				expect(values).toEqual(Float32Array.from(list));
			},
		),
	);
});

test("equal values take no more than linear time", () => {
	expect(nthLargest(new Float32Array(1_000_000).fill(3), 500_000)).toBe(3);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { sparkline } from "./sparkline.ts";

test("values rise from the lowest to the highest block", () => {
	expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 20)).toBe("▁▂▃▄▅▆▇█");
	expect(sparkline([5, 5, 5], 20)).toBe("▁▁▁");
	expect(sparkline([], 20)).toBe("");
	expect(sparkline([Number.NaN, 1, 2], 20)).toBe("▁█");
});

test("many values share columns by their means", () => {
	expect(sparkline([0, 0, 0, 0, 7, 7, 7, 7], 2)).toBe("▁█");
});

test("there is a block for each value, up to the width", () => {
	const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 300 });
	fc.assert(
		fc.property(values, fc.integer({ min: 1, max: 60 }), (values, width) => {
			expect(sparkline(values, width)).toMatch(new RegExp(`^[▁-█]{${Math.min(width, values.length)}}$`));
		}),
	);
});

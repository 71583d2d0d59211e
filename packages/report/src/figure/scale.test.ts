import fc from "fast-check";
import { expect, test } from "vitest";
import { extentOf, linearScale, niceDomain, niceTicks } from "./scale.ts";

test("ticks are the round numbers a person would choose", () => {
	expect(niceTicks([0, 1], 6)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
	expect(niceTicks([0, 30], 7)).toEqual([0, 5, 10, 15, 20, 25, 30]);
	expect(niceTicks([0.12, 0.94], 5)).toEqual([0.2, 0.4, 0.6, 0.8]);
	expect(niceTicks([0, 1_234_567], 4)).toEqual([0, 500_000, 1_000_000]);
	expect(niceTicks([-1, 1], 5)).toEqual([-1, -0.5, 0, 0.5, 1]);
	expect(niceTicks([3, 3], 5)).toEqual([3]);
});

test("a widened domain ends on round numbers", () => {
	expect(niceDomain([0.12, 0.94], 6)).toEqual([0, 1]);
	expect(niceDomain([2, 2], 6)).toEqual([1.5, 2.5]);
	expect(niceDomain([0, 28], 5)).toEqual([0, 30]);
});

const interval = fc
	.tuple(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.double({ min: 1e-6, max: 1e9, noNaN: true }))
	.map(([low, length]) => [low, low + length] as const)
	.filter(([low, high]) => high - low > 1e-9 * Math.max(Math.abs(low), Math.abs(high)));

test("ticks lie inside, rise, and are not too many", () => {
	fc.assert(
		fc.property(interval, fc.integer({ min: 3, max: 12 }), (domain, maxTicks) => {
			const ticks = niceTicks(domain, maxTicks);
			const slack = (domain[1] - domain[0]) * 1e-2;
			expect(ticks.length).toBeLessThanOrEqual(maxTicks);
			for (const [index, tick] of ticks.entries()) {
				expect(tick).toBeGreaterThanOrEqual(domain[0] - slack);
				expect(tick).toBeLessThanOrEqual(domain[1] + slack);
				if (index > 0) expect(tick).toBeGreaterThan(ticks[index - 1] as number);
			}
		}),
	);
});

test("a scale maps ends to ends and an empty domain to the middle", () => {
	const scale = linearScale([10, 20], [0, 100]);
	expect([scale(10), scale(15), scale(20)]).toEqual([0, 50, 100]);
	expect(linearScale([5, 5], [0, 100])(5)).toBe(50);
});

test("the extent ignores what is not finite", () => {
	expect(extentOf([Number.NaN, 3, 1, Number.POSITIVE_INFINITY])).toEqual([1, 3]);
	expect(extentOf([Number.NaN])).toBeUndefined();
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { accuracyWithin, type CurvePoint, commonBudget, firstReaching } from "./learning-curve.ts";

/** Curves with steps of any size on every axis. */
const curves = fc
	.array(fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0, max: 1, noNaN: true })), {
		minLength: 1,
		maxLength: 20,
	})
	.map((steps) => {
		let bytes = 0;
		return steps.map(([step, accuracy], round): CurvePoint => {
			bytes += step;
			return { round, accuracy, downBytes: bytes - 1, upBytes: 1, bytes, seconds: bytes / 10 };
		});
	});

test("every curve that spent anything spent the common budget, and one of them no more", () => {
	fc.assert(
		fc.property(fc.array(curves, { minLength: 1, maxLength: 5 }), (all) => {
			for (const axis of ["round", "bytes", "seconds"] as const) {
				const budget = commonBudget(all, axis);
				const ends = all.map((curve) => curve.at(-1)?.[axis] ?? Number.NaN).filter((end) => end > 0);
				expect(budget === undefined).toBe(ends.length === 0);
				if (budget === undefined) continue;
				expect(ends.every((end) => end >= budget)).toBe(true);
				expect(ends).toContain(budget);
			}
		}),
	);
});

test("the accuracy within a budget is that of the last evaluation that did not spend more", () => {
	fc.assert(
		fc.property(curves, fc.integer({ min: 0, max: 20_000 }), (curve, budget) => {
			const affordable = curve.filter(({ bytes }) => bytes <= budget);
			expect(accuracyWithin(curve, "bytes", budget)).toBe(affordable.at(-1)?.accuracy);
		}),
	);
});

test("a target is reached by the first evaluation that is good enough", () => {
	fc.assert(
		fc.property(curves, fc.double({ min: 0, max: 1, noNaN: true }), (curve, target) => {
			const reached = firstReaching(curve, target);
			const before = reached === undefined ? curve : curve.slice(0, reached.round);
			expect(before.every(({ accuracy }) => accuracy < target)).toBe(true);
			if (reached !== undefined) expect(reached.accuracy).toBeGreaterThanOrEqual(target);
		}),
	);
});

test("there is no common budget with a run that was never evaluated", () => {
	expect(commonBudget([[]], "round")).toBeUndefined();
});

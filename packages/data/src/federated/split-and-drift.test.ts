import fc from "fast-check";
import { expect, test } from "vitest";
import { driftFraction } from "./drift.ts";
import { evenlySpaced } from "./evenly-spaced.ts";
import { splitCounts, splitOptions } from "./split.ts";

const fraction = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);

test("fractions that add up to 1 use every example; training gets at least one", () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 500 }), fraction, fraction, (numExamples, train, validation) => {
			fc.pre(train + validation <= 1);
			const counts = splitCounts(numExamples, { train, validation, test: 1 - train - validation });
			expect(counts.train).toBeGreaterThanOrEqual(1);
			expect(counts.validation).toBeGreaterThanOrEqual(0);
			expect(counts.test).toBeGreaterThanOrEqual(0);
			expect(counts.train + counts.validation + counts.test).toBe(numExamples);
			expect(Math.abs(counts.train - Math.max(1, train * numExamples))).toBeLessThanOrEqual(0.5 + 1e-9);
		}),
	);
});

test("fractions below 1 leave the rest unused", () => {
	expect(splitCounts(10, { train: 0.5, validation: 0.1, test: 0.2 })).toEqual({
		train: 5,
		validation: 1,
		test: 2,
	});
});

test("no examples stay no examples", () => {
	expect(splitCounts(0, { train: 0.8, validation: 0, test: 0.2 })).toEqual({
		train: 0,
		validation: 0,
		test: 0,
	});
});

test("fractions beyond 1 are refused, decimal sums of 1 are not", () => {
	expect(splitOptions.safeParse({ train: 0.9, test: 0.2 }).success).toBe(false);
	expect(splitOptions.safeParse({ train: 0.7, validation: 0.1, test: 0.2 }).success).toBe(true);
	expect(splitOptions.safeParse({ train: 1 }).success).toBe(false);
});

test("drift is 0 before its start, rises by steps of one period, and is 1 after its end", () => {
	const schedule = { startRound: 11, rounds: 100, period: 25 };
	const rounds = [0, 1, 11, 35, 36, 60, 61, 86, 110, 111, 1_000];
	expect(rounds.map((round) => driftFraction(schedule, round))).toEqual([
		0, 0, 0, 0, 0.25, 0.25, 0.5, 0.75, 0.75, 1, 1,
	]);
});

test("evenly spaced numbers hold the first and the last and rise", () => {
	expect(evenlySpaced(5, 10)).toEqual([0, 1, 2, 3, 4]);
	expect(evenlySpaced(0, 10)).toEqual([]);
	expect(evenlySpaced(9, 1)).toEqual([0]);
	fc.assert(
		fc.property(fc.integer({ min: 2, max: 5_000 }), fc.integer({ min: 2, max: 100 }), (total, limit) => {
			const numbers = evenlySpaced(total, limit);
			expect(numbers.length).toBe(Math.min(total, limit));
			expect([numbers[0], numbers.at(-1)]).toEqual([0, total - 1]);
			expect(numbers.every((number, i) => i === 0 || number > (numbers[i - 1] as number))).toBe(true);
		}),
	);
});

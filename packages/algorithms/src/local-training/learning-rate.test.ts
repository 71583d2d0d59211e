import { expect, test } from "vitest";
import { learningRateAt } from "./learning-rate.ts";

test("a plain number is the same in every round", () => {
	expect([1, 7, 100].map((round) => learningRateAt(0.1, round, 100))).toEqual([0.1, 0.1, 0.1]);
});

test("a step schedule falls after every so many rounds", () => {
	const schedule = { schedule: "step", initial: 1, warmupRounds: 0, every: 2, factor: 0.5 } as const;
	expect([1, 2, 3, 4, 5].map((round) => learningRateAt(schedule, round, 5))).toEqual([1, 1, 0.5, 0.5, 0.25]);
});

test("an exponential schedule falls in every round", () => {
	const schedule = { schedule: "exponential", initial: 8, warmupRounds: 0, factor: 0.5 } as const;
	expect([1, 2, 3].map((round) => learningRateAt(schedule, round, 3))).toEqual([8, 4, 2]);
});

test("a cosine schedule goes from the initial to the final rate", () => {
	const schedule = { schedule: "cosine", initial: 1, warmupRounds: 0, final: 0.2 } as const;
	const rates = [1, 3, 5].map((round) => learningRateAt(schedule, round, 5));
	expect(rates[0]).toBeCloseTo(1, 12);
	expect(rates[1]).toBeCloseTo(0.6, 12);
	expect(rates[2]).toBeCloseTo(0.2, 12);
	expect(learningRateAt(schedule, 1, 1)).toBe(1);
});

test("warm-up rises linearly and reaches the full rate in the round after", () => {
	const schedule = { schedule: "constant", initial: 1, warmupRounds: 3 } as const;
	expect([1, 2, 3, 4, 5].map((round) => learningRateAt(schedule, round, 9))).toEqual([0.25, 0.5, 0.75, 1, 1]);
});

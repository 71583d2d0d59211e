import fc from "fast-check";
import { expect, test } from "vitest";
import {
	categorical,
	dirichlet,
	logGamma,
	logNormal,
	sampleWithoutReplacement,
	shuffle,
} from "./distributions.ts";
import { positionsOf } from "./examples.ts";
import { randomStream } from "./random.ts";

test("gamma draws have mean and variance equal to their shape", () => {
	for (const shape of [0.05, 0.5, 1, 3, 50]) {
		const random = randomStream(1, "gamma", shape);
		const draws = Array.from({ length: 40_000 }, () => Math.exp(logGamma(random, shape)));
		const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
		const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
		expect(Math.abs(mean - shape)).toBeLessThan(5 * Math.sqrt(shape / draws.length));
		expect(variance / shape).toBeCloseTo(1, 0);
	}
});

test("a small shape does not underflow: log Gamma(0.001) is far below the smallest double's logarithm", () => {
	const random = randomStream(2);
	const logs = Array.from({ length: 1000 }, () => logGamma(random, 0.001));
	expect(Math.min(...logs)).toBeLessThan(-745);
	expect(logs.every(Number.isFinite)).toBe(true);
});

test("Dirichlet draws are distributions, for any concentration", () => {
	fc.assert(
		fc.property(
			fc.array(fc.double({ min: 1e-4, max: 100, noNaN: true }), { minLength: 1, maxLength: 20 }),
			fc.integer(),
			(alphas, seed) => {
				const draw = dirichlet(randomStream(seed), alphas);
				expect(draw.every((p) => p >= 0 && p <= 1)).toBe(true);
				expect(draw.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
			},
		),
	);
});

test("the mean of a Dirichlet draw is its normalised concentration", () => {
	const random = randomStream(3);
	const sums = [0, 0, 0];
	for (let i = 0; i < 20_000; i++) {
		for (const [k, p] of dirichlet(random, [1, 2, 5]).entries()) sums[k] = (sums[k] as number) + p / 20_000;
	}
	expect(sums[0]).toBeCloseTo(1 / 8, 2);
	expect(sums[1]).toBeCloseTo(2 / 8, 2);
	expect(sums[2]).toBeCloseTo(5 / 8, 2);
});

test("half of log-normal draws lie below exp(mean)", () => {
	const random = randomStream(6);
	const below = Array.from({ length: 10_000 }, () => logNormal(random, 2, 0.5)).filter(
		(x) => x < Math.exp(2),
	);
	expect(below.length / 10_000).toBeCloseTo(0.5, 1);
});

test("shuffling keeps every item and moves them", () => {
	const shuffled = shuffle(randomStream(1), positionsOf(100));
	expect(Array.from(shuffled).sort((a, b) => a - b)).toEqual(Array.from(positionsOf(100)));
	expect(shuffled).not.toEqual(positionsOf(100));
});

test("sampling without replacement gives distinct ascending integers below the bound", () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 0, max: 50 }),
			fc.integer({ min: 0, max: 100 }),
			fc.integer(),
			(count, more, seed) => {
				const sample = sampleWithoutReplacement(randomStream(seed), count + more, count);
				expect(sample).toHaveLength(count);
				for (let i = 1; i < count; i++) expect(sample[i]).toBeGreaterThan(sample[i - 1] as number);
				for (const value of sample) expect(value).toBeLessThan(count + more);
			},
		),
	);
});

test("every subset is as likely as every other", () => {
	const counts = new Map<string, number>();
	for (let i = 0; i < 6000; i++) {
		const key = sampleWithoutReplacement(randomStream(i, "subset"), 4, 2).join();
		counts.set(key, (counts.get(key) ?? 0) + 1);
	}
	expect(counts.size).toBe(6);
	for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
});

test("categorical draws follow the weights and never pick a weight of zero", () => {
	const random = randomStream(9);
	const counts = [0, 0, 0];
	for (let i = 0; i < 10_000; i++) {
		const k = categorical(random, [1, 0, 3]);
		counts[k] = (counts[k] as number) + 1;
	}
	expect(counts[1]).toBe(0);
	expect((counts[0] as number) / 10_000).toBeCloseTo(0.25, 1);
});

test("more than there are cannot be drawn, and no number lies below zero", () => {
	expect(() => sampleWithoutReplacement(randomStream(1), 4, 5)).toThrow(/5 of 4/);
	expect(sampleWithoutReplacement(randomStream(1), 4, 4)).toEqual([0, 1, 2, 3]);
	for (const bound of [0, -1, Number.NaN]) expect(() => randomStream(1).integer(bound)).toThrow(RangeError);
});

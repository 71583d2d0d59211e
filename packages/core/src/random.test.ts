import fc from "fast-check";
import { expect, test } from "vitest";
import { randomStream } from "./random.ts";

test("golden draws: a change of generator or derivation would change every result ever published", () => {
	const draws = (seed: string | number, ...path: (string | number)[]) => {
		const random = randomStream(seed, ...path);
		return [random.uint32(), random.uint32(), random.uint32()];
	};
	expect(draws(1)).toMatchInlineSnapshot(`
		[
		  170214660,
		  1847707735,
		  3957467051,
		]
	`);
	expect(draws(1, "client", 7, "round", 3)).toMatchInlineSnapshot(`
		[
		  27885473,
		  3629587651,
		  567685786,
		]
	`);
	expect(draws("words")).toMatchInlineSnapshot(`
		[
		  397290865,
		  1604801143,
		  1601911145,
		]
	`);
});

test("a derived stream depends on its name alone", () => {
	const fresh = randomStream(1).derive("a", 2).uint32();
	const used = randomStream(1);
	used.uint32();
	used.normal();
	expect(used.derive("a", 2).uint32()).toBe(fresh);
	expect(randomStream(1, "a", 2).uint32()).toBe(fresh);
	expect(randomStream(1, "a", 3).uint32()).not.toBe(fresh);
});

test("deriving does not advance the parent", () => {
	const plain = randomStream(5);
	const deriving = randomStream(5);
	deriving.derive("x");
	expect(deriving.uint32()).toBe(plain.uint32());
});

test("uniform draws lie in [0, 1) and fill it evenly", () => {
	const random = randomStream(3);
	const counts = Array.from({ length: 10 }, () => 0);
	for (let i = 0; i < 100_000; i++) {
		const draw = random.uniform();
		counts[Math.floor(draw * 10)] = (counts[Math.floor(draw * 10)] ?? Number.NaN) + 1;
	}
	for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400); // four standard deviations
});

test("integers stay below their bound and reach every value", () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 40 }), fc.integer(), (bound, seed) => {
			const random = randomStream(seed);
			const seen = new Set(Array.from({ length: 40 * bound }, () => random.integer(bound)));
			expect(Math.max(...seen)).toBeLessThan(bound);
			expect(seen.size).toBeGreaterThan(0.9 * bound);
		}),
		{ numRuns: 50 },
	);
});

test("normal draws have the moments of a standard normal", () => {
	const random = randomStream(4);
	const draws = Array.from({ length: 100_000 }, () => random.normal());
	const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
	const moment = (power: number) => draws.reduce((sum, x) => sum + x ** power, 0) / draws.length;
	expect(mean).toBeCloseTo(0, 1);
	expect(moment(2)).toBeCloseTo(1, 1);
	expect(Math.abs(moment(3))).toBeLessThan(0.06);
	expect(Math.abs(moment(4) - 3)).toBeLessThan(0.15);
});

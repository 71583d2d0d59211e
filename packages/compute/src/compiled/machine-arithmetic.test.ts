import { plainArithmetic, randomStream, type Vector, type VectorArithmetic } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createKernelMemory } from "./kernel-memory.ts";
import { machineArithmetic } from "./machine-arithmetic.ts";

const memory = createKernelMemory(2 ** 20);
const arithmetic = machineArithmetic(memory);
const longest = 300;
const room = [1, 2, 3, 4].map(() => memory.floats(memory.allocate((longest + 3) * 4), longest + 3));

/** Where a vector lies: outside the memory, or inside and so many values behind a multiple of 64 bytes. */
const place = fc.constantFrom<"outside" | number>("outside", 0, 1, 2, 3);

const settings = fc.record({
	size: fc.integer({ min: 0, max: longest }),
	places: fc.tuple(place, place, place, place),
	seed: fc.nat(),
	factor: fc.double({ min: -2, max: 2, noNaN: true }),
	learningRate: fc.double({ min: 0, max: 1, noNaN: true }),
	nesterov: fc.boolean(),
});

type Vectors = readonly [Vector, Vector, Vector, Vector];

/** The last vector is not negative, as a mean of squares. */
function randomVectors(size: number, seed: number): Vectors {
	const random = randomStream("arithmetic", seed);
	const normals = () => Float32Array.from({ length: size }, () => random.normal());
	return [normals(), normals(), normals(), normals().map((value) => value * value)];
}

/** Expects of an operation on vectors at any places what plain arithmetic makes of them, within float32's rounding. */
function expectAgreement(
	operation: (
		arithmetic: VectorArithmetic,
		vectors: Vectors,
		options: { factor: number; learningRate: number; nesterov: boolean },
	) => number | void,
): void {
	fc.assert(
		fc.property(settings, ({ size, places, seed, ...options }) => {
			const expected = randomVectors(size, seed);
			const found = randomVectors(size, seed).map((values, index) => {
				const at = places[index] ?? "outside";
				if (at === "outside") return values;
				const inside = (room[index] as Vector).fill(Number.NaN).subarray(at, at + size);
				inside.set(values);
				return inside;
			}) as unknown as Vectors;
			// The sum's terms are of size 1; in float64 they are added in another order.
			const expectedNumber = operation(plainArithmetic, expected, options) ?? 0;
			const number = operation(arithmetic, found, options) ?? 0;
			expect(Math.abs(number - expectedNumber)).toBeLessThan(1e-11);
			for (const [index, vector] of found.entries()) {
				for (const [i, value] of vector.entries()) {
					const wanted = expected[index]?.[i] as number;
					// Steps of some units: a few roundings of 6e-8 each.
					if (!(Math.abs(value - wanted) <= 2e-6 * (1 + Math.abs(wanted)))) {
						expect.fail(`vector ${index} has ${value} at ${i}, not ${wanted}`);
					}
				}
				const at = places[index];
				if (typeof at !== "number") continue;
				const all = room[index] as Vector;
				expect([...all.subarray(0, at), ...all.subarray(at + size)].every(Number.isNaN)).toBe(true);
			}
		}),
	);
}

test("addScaled agrees with plain arithmetic", () => {
	expectAgreement(({ addScaled }, [y, x], { factor }) => addScaled(y, factor, x));
});

test("scale agrees with plain arithmetic", () => {
	expectAgreement(({ scale }, [x], { factor }) => scale(x, factor));
});

test("dot agrees with plain arithmetic", () => {
	expectAgreement(({ dot }, [x, y]) => dot(x, y));
});

test("sgdStep agrees with plain arithmetic", () => {
	expectAgreement(({ sgdStep }, [params, gradient], { learningRate }) =>
		sgdStep(params, gradient, learningRate),
	);
});

test("momentumStep agrees with plain arithmetic, with Nesterov's look ahead and without", () => {
	expectAgreement(({ momentumStep }, [params, gradient, velocity], { learningRate, nesterov }) =>
		momentumStep(params, gradient, velocity, { learningRate, momentum: 0.9, nesterov }),
	);
});

test("adamStep agrees with plain arithmetic", () => {
	expectAgreement(({ adamStep }, [params, gradient, mean, square], { learningRate }) =>
		adamStep(
			params,
			gradient,
			{ mean, square },
			{
				// Steps beyond 0.1 of a value near 0 would be large against the value.
				learningRate: 0.1 * learningRate,
				beta1: 0.9,
				beta2: 0.999,
				epsilon: 1e-8,
				meanCorrection: 1 - 0.9 ** 5,
				squareCorrection: 1 - 0.999 ** 5,
			},
		),
	);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { machine, misalignments, normalsOf, place } from "./routine-runs.fixture.ts";

const { simd } = machine;
const { fround } = Math;

/** Vectors of one length in the memory; `check` gets their values before and after. */
function onVectors(number: number, check: (vectors: ReturnType<typeof place>, size: number) => void): void {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 70 }), misalignments, fc.nat(), (size, misalignment, seed) => {
			const vectors = Array.from({ length: number }, (_, index) => normalsOf(size, seed + index));
			const placed = place(vectors, misalignment);
			check(placed, size);
			placed.checkGuards();
		}),
	);
}

/** Calls `compute` with the elements of all vectors at each index. */
function mapped(vectors: readonly Float32Array[], compute: (...values: number[]) => number): Float32Array {
	return (vectors[0] as Float32Array).map((_, index) =>
		compute(...vectors.map((vector) => vector[index] as number)),
	);
}

test("sgdStep and addScaled add a multiple of a vector, scale multiplies, subtractInto subtracts", () => {
	onVectors(3, (placed, size) => {
		const [a, b, c] = placed.addresses as [number, number, number];
		const vectors = [0, 1].map((index) => placed.values(index));
		const rate = fround(0.3);
		simd.subtractInto(a, b, size, c);
		expect(placed.values(2)).toEqual(mapped(vectors, (x, y) => x - y));
		simd.addScaled(c, b, size, 1);
		expect(placed.values(2)).toEqual(mapped(vectors, (x, y) => fround(x - y) + y));
		simd.sgdStep(a, b, size, 0.3);
		expect(placed.values(0)).toEqual(mapped(vectors, (x, y) => x - fround(rate * y)));
		simd.scale(b, size, 0.3);
		expect(placed.values(1)).toEqual(mapped(vectors.slice(1), (y) => rate * y));
	});
});

test("dotProduct is a sum in float64", () => {
	onVectors(2, (placed, size) => {
		const [a, b] = placed.addresses as [number, number];
		const [x, y] = [placed.values(0), placed.values(1)];
		let expected = 0;
		for (let i = 0; i < size; i++) expected += (x[i] as number) * (y[i] as number);
		expect(simd.dotProduct(a, b, size)).toBeCloseTo(expected, 12);
	});
	// In float32 the second addend would be lost.
	const large = 2 ** 30;
	const { addresses } = place([
		Float32Array.of(large, 1, 0, 0, 0, 0, 0, 0, -large),
		new Float32Array(9).fill(1),
	]);
	expect(simd.dotProduct(addresses[0] as number, addresses[1] as number, 9)).toBe(1);
});

test("momentumStep follows the velocity, with Nesterov's look ahead if wished", () => {
	for (const nesterov of [false, true]) {
		onVectors(3, (placed, size) => {
			const [params, gradient, velocity] = placed.addresses as [number, number, number];
			const [p, g, v] = [0, 1, 2].map((index) => placed.values(index)) as [
				Float32Array,
				Float32Array,
				Float32Array,
			];
			const [rate, momentum] = [fround(0.1), fround(0.9)];
			simd.momentumStep(params, gradient, velocity, size, 0.1, 0.9, nesterov);
			const next = mapped([v, g], (old, slope) => fround(momentum * old) + slope);
			expect(placed.values(2)).toEqual(next);
			expect(placed.values(1)).toEqual(g);
			const direction = nesterov ? mapped([next, g], (now, slope) => slope + fround(momentum * now)) : next;
			expect(placed.values(0)).toEqual(mapped([p, direction], (old, step) => old - fround(rate * step)));
		});
	}
});

test("adamStep stays near Adam in float64", () => {
	onVectors(4, (placed, size) => {
		const [beta1, beta2, epsilon, rate] = [0.9, 0.999, 1e-8, 0.01];
		const gradient = placed.values(1);
		const expected = Float64Array.from(placed.values(0));
		const [params, slopes, mean, square] = placed.addresses as [number, number, number, number];
		for (const state of [mean, square]) new Float32Array(machine.memory.buffer, state, size).fill(0);
		const [m, v] = [new Float64Array(size), new Float64Array(size)];
		for (let step = 1; step <= 3; step++) {
			const corrections = [1 - beta1 ** step, 1 - beta2 ** step] as const;
			simd.adamStep(params, slopes, mean, square, size, rate, beta1, beta2, epsilon, ...corrections);
			for (const [i, g] of gradient.entries()) {
				m[i] = beta1 * (m[i] as number) + (1 - beta1) * g;
				v[i] = beta2 * (v[i] as number) + (1 - beta2) * g * g;
				const root = Math.sqrt(v[i] / corrections[1]) + epsilon;
				expected[i] = (expected[i] as number) - (rate * (m[i] / corrections[0])) / root;
			}
		}
		expect(placed.values(1)).toEqual(gradient);
		for (const [index, exact] of [expected, undefined, m, v].entries()) {
			for (const [i, found] of placed.values(index).entries()) {
				const wanted = exact?.[i];
				if (wanted !== undefined)
					expect(Math.abs(found - wanted)).toBeLessThan(1e-6 * Math.abs(wanted) + 1e-7);
			}
		}
	});
});

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Vector } from "./vector.ts";
import { plainArithmetic } from "./vector-arithmetic.ts";

const { fround, sqrt } = Math;

/** Vectors of one length whose values are multiples of 1/8: their sums and products are exact. */
const vectors = fc
	.array(fc.tuple(...[1, 2, 3, 4].map(() => fc.integer({ min: -80, max: 80 }).map((value) => value / 8))), {
		maxLength: 20,
	})
	.map((rows) => [0, 1, 2, 3].map((column) => Float32Array.from(rows, (row) => row[column] ?? 0)))
	.map((columns) => columns as [Vector, Vector, Vector, Vector]);

const at = (vector: Vector, index: number) => vector[index] as number;

test("addScaled, scale, dot and sgdStep do what their formulas say", () => {
	fc.assert(
		fc.property(vectors, ([x, y]) => {
			const sum = y.slice();
			plainArithmetic.addScaled(sum, -1.5, x);
			expect(sum).toEqual(y.map((value, i) => value - 1.5 * at(x, i)));
			const scaled = x.slice();
			plainArithmetic.scale(scaled, 0.25);
			expect(scaled).toEqual(x.map((value) => value * 0.25));
			const terms = Array.from(x, (value, i) => value * at(y, i));
			expect(plainArithmetic.dot(x, y)).toBe(terms.reduce((total, term) => total + term, 0));
			const stepped = y.slice();
			plainArithmetic.sgdStep(stepped, x, 0.5);
			expect(stepped).toEqual(y.map((value, i) => value - 0.5 * at(x, i)));
		}),
	);
});

test("momentumStep moves the velocity first and then along it, or with Nesterov beyond it", () => {
	fc.assert(
		fc.property(vectors, fc.boolean(), ([params, gradient, velocity], nesterov) => {
			const [p, g, v] = [params.slice(), gradient.slice(), velocity.slice()] as const;
			plainArithmetic.momentumStep(p, g, v, { learningRate: 0.5, momentum: 0.5, nesterov });
			const next = velocity.map((value, i) => 0.5 * value + at(gradient, i));
			expect(v).toEqual(next);
			const direction = nesterov ? next.map((value, i) => at(gradient, i) + 0.5 * value) : next;
			expect(p).toEqual(params.map((value, i) => value - 0.5 * at(direction, i)));
			expect(g).toEqual(gradient);
		}),
	);
});

test("adamStep moves by the corrected mean over the root of the corrected mean of squares", () => {
	const settings = {
		learningRate: 0.1,
		beta1: 0.75,
		beta2: 0.5,
		epsilon: 0.25,
		meanCorrection: 0.5,
		squareCorrection: 0.75,
	};
	fc.assert(
		fc.property(vectors, ([params, gradient, mean, root]) => {
			const square = root.map((value) => value * value);
			const [p, m, s] = [params.slice(), mean.slice(), square.slice()] as const;
			plainArithmetic.adamStep(p, gradient, { mean: m, square: s }, settings);
			expect(m).toEqual(mean.map((value, i) => 0.75 * value + 0.25 * at(gradient, i)));
			expect(s).toEqual(square.map((value, i) => 0.5 * value + 0.5 * at(gradient, i) ** 2));
			for (const [i, value] of p.entries()) {
				const step = (0.1 * (at(m, i) / 0.5)) / (sqrt(at(s, i) / 0.75) + 0.25);
				expect(Math.abs(value - fround(at(params, i) - step))).toBeLessThan(1e-6 * (1 + Math.abs(step)));
			}
		}),
	);
});

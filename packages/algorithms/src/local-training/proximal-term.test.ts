import { layoutOf } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { addProximalTerm } from "./gradient-transforms.ts";

const layout = layoutOf([
	{ name: "dense.weight", shape: [2, 2], layer: "dense", kind: "weight" },
	{ name: "norm.mean", shape: [2], layer: "norm", kind: "buffer" },
	{ name: "norm.scale", shape: [2], layer: "norm", kind: "scale" },
]);
const isTrained = (i: number): boolean => i < 4 || i >= 6;
const point = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 8, maxLength: 8 });

test("the proximal gradient equals central differences of (mu / 2) ||w - center||^2", () => {
	fc.assert(
		fc.property(point, point, fc.double({ min: 0, max: 2, noNaN: true }), (w, center, mu) => {
			const params = Float32Array.from(w);
			const at = Float32Array.from(center);
			const gradient = new Float32Array(8);
			addProximalTerm(mu, at, layout)(gradient, params);
			const termWith = (i: number, step: number): number =>
				params.reduce((sum, value, k) => {
					const distance = value + (k === i ? step : 0) - (at[k] as number);
					return sum + (isTrained(k) ? (mu / 2) * distance ** 2 : 0);
				}, 0);
			for (let i = 0; i < 8; i++) {
				const difference = (termWith(i, 1e-3) - termWith(i, -1e-3)) / 2e-3;
				expect(gradient[i]).toBeCloseTo(difference, 5);
			}
		}),
	);
});

test("it is added to the gradient, and is nothing at the center itself", () => {
	fc.assert(
		fc.property(point, point, (w, g) => {
			const gradient = Float32Array.from(g);
			addProximalTerm(0.7, Float32Array.from(w), layout)(gradient, Float32Array.from(w));
			expect([...gradient].map((value, i) => value - Math.fround(g[i] as number))).toEqual(
				Array.from({ length: 8 }, () => 0),
			);
		}),
	);
});

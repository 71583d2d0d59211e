import { layoutOf } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { countBits, hasBit } from "../bit-mask/bit-mask.ts";
import { criticalParameters } from "./critical-parameters.ts";

const layout = layoutOf([
	{ name: "dense.weight", shape: [2, 3], layer: "dense", kind: "weight" },
	{ name: "norm.mean", shape: [2], layer: "norm", kind: "buffer" },
	{ name: "dense.bias", shape: [1], layer: "dense", kind: "bias" },
]);
const bitsOf = (mask: Uint8Array, length: number) =>
	Array.from({ length }, (_, i) => (hasBit(mask, i) ? 1 : 0));

test("the share of each tensor that moved most, times where it ended, is critical", () => {
	const before = Float32Array.of(1, 1, 1, 1, 1, 1, 0, 0, 1);
	const after = Float32Array.of(1, 2, 1.5, 0, -1, 1.1, 9, 9, 4);
	// Scores: 0, 2, 0.75, 0, 2, 0.11; the bias has room for floor(0.5) = 0 critical ones.
	expect(bitsOf(criticalParameters(before, after, layout, 0.5), 7)).toEqual([0, 1, 1, 0, 1, 0, 0]);
	expect(bitsOf(criticalParameters(before, after, layout, 1 / 3), 7)).toEqual([0, 1, 0, 0, 1, 0, 0]);
	expect(bitsOf(criticalParameters(before, after, layout, 1), 7)).toEqual([0, 1, 1, 0, 1, 1, 1]);
	expect(countBits(criticalParameters(before, after, layout, 0))).toBe(0);
});

test("where fewer moved than may be critical, those that moved are", () => {
	const before = new Float32Array(9);
	const after = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 0, 0);
	expect(bitsOf(criticalParameters(before, after, layout, 0.5), 7)).toEqual([0, 0, 0, 1, 0, 0, 0]);
});

test("of a tensor in which nothing moved, all is critical", () => {
	const still = new Float32Array(9).fill(2);
	expect(bitsOf(criticalParameters(still, still, layout, 0.5), 7)).toEqual([1, 1, 1, 1, 1, 1, 0]);
});

test("distinct scores: exactly floor(tau n) are critical, at any scale of the model", () => {
	fc.assert(
		fc.property(
			fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 30, maxLength: 30 }),
			fc.double({ min: 0.04, max: 1, noNaN: true }),
			fc.constantFrom(0.5, 2, 8),
			(changes, tau, scale) => {
				const wide = layoutOf([{ name: "w", shape: [30], layer: "dense", kind: "weight" }]);
				const before = new Float32Array(30).fill(1);
				const after = before.map((value, i) => value + (changes[i] as number));
				const mask = criticalParameters(before, after, wide, tau);
				expect(countBits(mask)).toBe(Math.floor(tau * 30));
				const scaled = (values: Float32Array) => values.map((value) => value * scale);
				expect(criticalParameters(scaled(before), scaled(after), wide, tau)).toEqual(mask);
			},
		),
	);
});

import { layoutOf } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyMask, hasBit, setBit } from "../bit-mask/bit-mask.ts";
import { mergedModel } from "./merged-model.ts";

const layout = layoutOf([
	{ name: "a", shape: [3], layer: "a", kind: "weight" },
	{ name: "norm.mean", shape: [2], layer: "norm", kind: "buffer" },
	{ name: "b", shape: [4], layer: "b", kind: "weight" },
]);
const places = [0, 1, 2, 5, 6, 7, 8];

const contribution = fc
	.tuple(
		fc.float32Array({ minLength: 9, maxLength: 9, noNaN: true, min: -10, max: 10 }),
		fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
	)
	.map(([params, critical]) => {
		const mask = emptyMask(7);
		for (const [i, value] of critical.entries()) if (value) setBit(mask, i);
		return { client: 0, params: Float32Array.from(params), mask, numExamples: 1 };
	});

test("critical parameters come from the group, the others from the global model, statistics stay", () => {
	fc.assert(
		fc.property(contribution, contribution, (own, other) => {
			const global = Float32Array.from({ length: 9 }, (_, i) => 100 + i);
			const merged = mergedModel(own, [own, other], global, layout);
			for (const [bit, place] of places.entries()) {
				const mean = Math.fround(((own.params[place] as number) + (other.params[place] as number)) / 2);
				expect(merged[place]).toBe(hasBit(own.mask, bit) ? mean : global[place]);
			}
			expect(merged.subarray(3, 5)).toEqual(own.params.subarray(3, 5));
		}),
	);
});

test("who works alone keeps its critical parameters bit for bit", () => {
	fc.assert(
		fc.property(contribution, (own) => {
			const merged = mergedModel(own, [own], new Float32Array(9), layout);
			for (const [bit, place] of places.entries()) {
				expect(merged[place]).toBe(hasBit(own.mask, bit) ? own.params[place] : 0);
			}
		}),
	);
});

import { type Fold, weightedMean } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalFold } from "./canonical-fold.ts";

/** Writes down how it was merged. */
const bracketing: Fold<string, string, string> = {
	leaf: (up) => up,
	merge: (left, right) => `(${left}${right})`,
	finish: (total) => total,
};

function bracket(numSlots: number, order: readonly number[], lost: ReadonlySet<number>): string | undefined {
	const fold = canonicalFold(bracketing, numSlots);
	for (const slot of order) {
		if (lost.has(slot)) fold.skip(slot);
		else fold.add(slot, String.fromCharCode(97 + slot), slot);
	}
	return fold.finish();
}

test("neighbours are merged first, whoever comes first", () => {
	expect(bracket(5, [4, 2, 0, 3, 1], new Set())).toBe("(((ab)(cd))e)");
});

test("a lost client leaves the other merges as they were", () => {
	expect(bracket(5, [0, 1, 2, 3, 4], new Set([1, 4]))).toBe("(a(cd))");
});

test("nothing comes of a cohort that was lost as a whole", () => {
	expect(bracket(3, [2, 1, 0], new Set([0, 1, 2]))).toBeUndefined();
});

test("an upload whose left neighbour waits is merged without a leaf, at the same place of the tree", () => {
	const leaves: string[] = [];
	const merging: Fold<string, string, string> = {
		...bracketing,
		leaf: (up) => {
			leaves.push(up);
			return up;
		},
		mergeLeaf: (left, up) => `(${left}${up})`,
	};
	const fold = canonicalFold(merging, 7);
	fold.skip(4);
	for (const [slot, up] of [
		[1, "b"],
		[0, "a"],
		[2, "c"],
		[5, "f"],
		[3, "d"],
		[6, "g"],
	] as const) {
		fold.add(slot, up, slot);
	}
	expect(fold.finish()).toBe("(((ab)(cd))(fg))");
	expect(leaves).toEqual(["b", "a", "c", "f", "g"]);
});

test("the result does not depend on the order of arrival", () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 26 }).chain((n) =>
				fc.tuple(
					fc.shuffledSubarray(
						Array.from({ length: n }, (_, slot) => slot),
						{ minLength: n },
					),
					fc.uniqueArray(fc.integer({ min: 0, max: n - 1 })),
				),
			),
			([order, lost]) => {
				const inOrder = [...order].sort((a, b) => a - b);
				expect(bracket(order.length, order, new Set(lost))).toBe(
					bracket(order.length, inOrder, new Set(lost)),
				);
			},
		),
	);
});

test("a weighted mean along the tree is the weighted mean, bit for bit the same in any order", () => {
	type Up = { readonly values: Float32Array; readonly weight: number };
	const mean = weightedMean<Up>(
		(up) => up.values,
		(up) => up.weight,
	);
	const upload = fc.record({
		values: fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: 3, maxLength: 3 }),
		weight: fc.integer({ min: 1, max: 1000 }),
	});
	fc.assert(
		fc.property(fc.array(upload, { minLength: 1, maxLength: 9 }), (uploads) => {
			const ups = uploads.map(({ values, weight }) => ({ values: Float32Array.from(values), weight }));
			const run = (slots: readonly number[]) => {
				const fold = canonicalFold(mean, ups.length);
				for (const slot of slots) fold.add(slot, ups[slot] as Up, slot);
				return fold.finish();
			};
			const slots = [...ups.keys()];
			const result = run(slots);
			expect(run([...slots].reverse())).toEqual(result); // right neighbours first: no leaf is left out
			const totalWeight = ups.reduce((sum, up) => sum + up.weight, 0);
			for (let i = 0; i < 3; i++) {
				const expected = ups.reduce((sum, up) => sum + up.weight * (up.values[i] as number), 0) / totalWeight;
				expect(result?.mean[i]).toBeCloseTo(expected, 3);
			}
			expect(result).toMatchObject({ totalWeight, count: ups.length });
		}),
	);
});

import type { Tensor2D } from "@tensorflow/tfjs";
import { test } from "vitest";
import { expectRoutine } from "./bound-routine.fixture.ts";
import { tf } from "./kernel-agreement.fixture.ts";
import { matrixProduct } from "./matrix-product-routine.ts";

test("bound matrix products are right in every orientation, with and without bias, and may share a factor", () => {
	for (const [m, n] of [
		[3, 5],
		[5, 3],
	] as const) {
		for (const bits of Array.from({ length: 32 }).keys()) {
			const [transposeA, transposeB, repeatsA, repeatsB, bias] = [1, 2, 4, 8, 16].map(
				(bit) => (bits & bit) > 0,
			) as [boolean, boolean, boolean, boolean, boolean];
			const [batch, depth] = [repeatsA && repeatsB ? 1 : 2, 6];
			const a = [repeatsA ? 1 : batch, ...(transposeA ? [depth, m] : [m, depth])];
			const b = [repeatsB ? 1 : batch, ...(transposeB ? [n, depth] : [depth, n])];
			expectRoutine(
				matrixProduct({ batch, m, n, depth, transposeA, transposeB, repeatsA, repeatsB, bias }),
				bias ? [a, b, [n]] : [a, b],
				(left, right, row) => {
					const product = tf.matMul(left, right, transposeA, transposeB);
					return bias ? tf.add(product, row) : product;
				},
			);
		}
	}
});

test("a bound product without terms is its bias each time", () => {
	const product = { batch: 1, m: 2, n: 3, depth: 0, transposeA: false, transposeB: false };
	const routine = matrixProduct({ ...product, repeatsA: true, repeatsB: true, bias: true });
	expectRoutine(routine, [[2, 0], [0, 3], [3]], (a, b, row) => tf.add(tf.matMul(a as Tensor2D, b), row));
});

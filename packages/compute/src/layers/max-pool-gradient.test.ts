import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadedBackends } from "../model/loaded-backends.fixture.ts";
import { maxPoolGradient } from "./max-pool-gradient.ts";
import { registerKernels } from "./register-kernels.ts";

test("each window hands its gradient to its highest value, negative or not", () => {
	const geometry = {
		batchSize: 1,
		inHeight: 2,
		inWidth: 4,
		outHeight: 1,
		outWidth: 2,
		inChannels: 1,
		filterHeight: 2,
		filterWidth: 2,
		strideHeight: 2,
		strideWidth: 2,
		padInfo: { top: 0, left: 0 },
	};
	// Left window -4 -3 / -1 -2, right window 5 5 / 0 1: the first of the two fives.
	const x = Float32Array.of(-4, -3, 5, 5, -1, -2, 0, 1);
	expect([...maxPoolGradient(x, Float32Array.of(10, 20), geometry)]).toEqual([0, 0, 20, 0, 10, 0, 0, 0]);
});

test("backends agree on the gradient of max pooling, whatever the signs, the stride and the padding", () => {
	const [reference, ...others] = [...loadedBackends].reverse();
	for (const { tf, name } of loadedBackends) registerKernels(tf, name);
	fc.assert(
		fc.property(
			fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 60, maxLength: 60 }),
			fc.integer({ min: 2, max: 3 }),
			fc.integer({ min: 1, max: 3 }),
			fc.constantFrom("same" as const, "valid" as const),
			(values, size, stride, pad) => {
				const gradientOn = ({ tf, name }: (typeof loadedBackends)[number]) => {
					void tf.setBackend(name);
					return tf.tidy(() => {
						// Distinct values: backends may choose differently among equal ones.
						const x = tf.tensor(
							values.map((value, index) => value + index / 100),
							[2, 5, 3, 2],
						);
						const pooled = (input: Tensor) => {
							const y = tf.maxPool(input as Tensor4D, size, stride, pad);
							return tf.sum(tf.mul(y, y));
						};
						return [...tf.grad(pooled)(x).dataSync()];
					});
				};
				const expected = reference && gradientOn(reference);
				for (const other of others) {
					for (const [index, value] of gradientOn(other).entries()) {
						expect(value).toBeCloseTo(expected?.[index] ?? Number.NaN, 3);
					}
				}
			},
		),
		{ numRuns: 50 },
	);
});

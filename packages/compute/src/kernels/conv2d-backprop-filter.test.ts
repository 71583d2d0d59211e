import type { Rank } from "@tensorflow/tfjs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openBackend } from "../backend/open-backend.ts";

test("the filter gradient on wasm is the one of the cpu backend, for any shape, stride and padding", async () => {
	const { tf } = await openBackend("wasm");
	const shapes = fc.record({
		batch: fc.integer({ min: 1, max: 3 }),
		height: fc.integer({ min: 4, max: 7 }),
		width: fc.integer({ min: 4, max: 7 }),
		inChannels: fc.integer({ min: 1, max: 3 }),
		outChannels: fc.integer({ min: 1, max: 4 }),
		filter: fc.integer({ min: 1, max: 4 }),
		stride: fc.integer({ min: 1, max: 2 }),
		pad: fc.constantFrom("same" as const, "valid" as const),
	});
	await fc.assert(
		fc.asyncProperty(
			shapes,
			async ({ batch, height, width, inChannels, outChannels, filter, stride, pad }) => {
				const gradientOn = async (backend: string): Promise<Float32Array> => {
					await tf.setBackend(backend);
					return tf.tidy(() => {
						const x = tf.randomNormal<Rank.R4>([batch, height, width, inChannels], 0, 1, "float32", 7);
						const w = tf.randomNormal<Rank.R4>([filter, filter, inChannels, outChannels], 0, 1, "float32", 8);
						const square = (weights: typeof w) =>
							tf.sum(tf.square(tf.conv2d(x, weights, stride, pad))).asScalar();
						return tf
							.grad((weights) => square(weights as typeof w))(w)
							.dataSync<"float32">();
					});
				};
				const expected = await gradientOn("cpu");
				const found = await gradientOn("wasm");
				const scale = Math.max(...expected.map(Math.abs));
				expect(found).toHaveLength(expected.length);
				for (const [i, value] of found.entries()) {
					expect(Math.abs(value - (expected[i] as number)) / scale).toBeLessThan(1e-4);
				}
			},
		),
		{ numRuns: 40 },
	);
});

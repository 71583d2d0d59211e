import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadedBackends } from "../model/loaded-backends.fixture.ts";
import { type Geometry, geometries } from "./convolution-geometry.fixture.ts";
import { eighths, expectAgreement, operand, runKernel, tf } from "./kernel-agreement.fixture.ts";

const numRuns = 200;

function poolShape({ x, filter, attributes }: Geometry) {
	const { strides, pad, dimRoundingMode } = attributes;
	return tf.backend_util.computePool2DInfo(x, filter, strides, 1, pad, dimRoundingMode);
}

/** Geometries each of whose windows covers some of the image. */
const pools = geometries().filter((geometry) => {
	const shape = poolShape(geometry);
	return (
		shape.padInfo.top < shape.filterHeight &&
		shape.padInfo.left < shape.filterWidth &&
		(shape.outHeight - 1) * shape.strideHeight - shape.padInfo.top < shape.inHeight &&
		(shape.outWidth - 1) * shape.strideWidth - shape.padInfo.left < shape.inWidth
	);
});

function kernelAttributes({ filter, attributes }: Geometry): object {
	return { ...attributes, filterSize: filter };
}

test("max pooling hands each slope to the first of a window's highest values, negative or not", () => {
	fc.assert(
		fc.property(pools, fc.constantFrom(-1, 0, 1), (geometry, sign) => {
			const { x, seed } = geometry;
			const attributes = kernelAttributes(geometry);
			const signed = eighths(x, seed);
			const images = operand(x, (index) => {
				const value = signed.values[index] as number;
				return sign === 0 ? value : sign * (Math.abs(value) + 1);
			});
			void tf.setBackend("cpu");
			const output = tf.tidy(() => {
				const pooled = runKernel("MaxPool", { x: tf.tensor4d(images.values, x) }, attributes);
				return { shape: pooled.shape, dtype: "float32" as const, values: pooled.dataSync() };
			});
			expectAgreement([eighths(output.shape, seed), images, output], (dy, input, maxima) =>
				runKernel("MaxPoolGrad", { dy, input, output: maxima }, attributes),
			);
		}),
		{ numRuns },
	);
});

test("average pooling shares each slope out among the pixels that its window covers", () => {
	fc.assert(
		fc.property(pools, (geometry) => {
			const [n, height, width, channels] = geometry.x;
			const { outHeight, outWidth } = poolShape(geometry);
			const attributes = kernelAttributes(geometry);
			const dySize = [n, outHeight, outWidth, channels];
			expectAgreement(
				[eighths(dySize, geometry.seed), eighths(geometry.x, geometry.seed)],
				(dy, input) => runKernel("AvgPoolGrad", { dy, input }, attributes),
				{
					tolerance: 1e-6,
					// The plain JavaScript kernel counts padding, unlike the average itself. What that makes of an
					// image with a single 1 is how much of each slope the pixel is due.
					expected: (dy) => {
						const pixels = tf.eye(height * width).reshape([height * width, height, width, 1]);
						const shares = runKernel("AvgPool", { x: pixels }, attributes);
						return tf
							.matMul(
								shares.reshape([height * width, outHeight * outWidth]),
								dy.reshape([n, outHeight * outWidth, channels]),
							)
							.reshape(geometry.x);
					},
				},
			);
		}),
		{ numRuns },
	);
});

test("an example by hand: windows of negative values, and of equal ones", () => {
	void tf.setBackend("wasm");
	// Left window -4 -3 / -1 -2, right window 5 5 / 0 1.
	const found = tf.tidy(() => {
		const x = tf.tensor4d([-4, -3, 5, 5, -1, -2, 0, 1], [1, 2, 4, 1]);
		const slopes = tf.tensor4d([10, 20], [1, 1, 2, 1]);
		const pooled = (image: Tensor) => tf.mul(tf.maxPool(image as Tensor4D, 2, 2, "valid"), slopes);
		return [...tf.grad(pooled)(x).dataSync()];
	});
	expect(found).toEqual([0, 0, 20, 0, 10, 0, 0, 0]);
});

test("backends agree on max pooling followed by its gradient, whatever the signs, stride and padding", () => {
	fc.assert(
		fc.property(
			fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 60, maxLength: 60 }),
			fc.integer({ min: 2, max: 3 }),
			fc.integer({ min: 1, max: 3 }),
			fc.constantFrom("same" as const, "valid" as const),
			(values, size, stride, pad) => {
				// Distinct values: backends may choose differently among equal ones.
				const images = Float32Array.from(values, (value, index) => value + index / 64);
				const [reference, ...others] = [...loadedBackends].reverse().map((backend) => {
					void backend.tf.setBackend(backend.name);
					return backend.tf.tidy(() => {
						const pooled = (x: Tensor) => {
							const y = backend.tf.maxPool(x as Tensor4D, size, stride, pad);
							return backend.tf.sum(backend.tf.mul(y, y));
						};
						return [
							...backend.tf
								.grad(pooled)(backend.tf.tensor(images, [2, 5, 3, 2]))
								.dataSync(),
						];
					});
				});
				for (const other of others) expect(other).toEqual(reference);
			},
		),
		{ numRuns: 50 },
	);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { averagePoolRoutine, maxPoolRoutine, type PoolingShape } from "./pooling-routine.ts";
import { eighthsOf, misalignments, runRoutine } from "./routine-runs.fixture.ts";
import { slidingShapes } from "./sliding-shape.fixture.ts";

const pools: fc.Arbitrary<PoolingShape> = fc
	.record({
		shape: slidingShapes,
		batchSize: fc.integer({ min: 1, max: 3 }),
		isOfFour: fc.boolean(),
	})
	.map(({ shape, batchSize, isOfFour }) => {
		if (!isOfFour) return { ...shape, batchSize };
		// The usual layer: two by two, side by side.
		return {
			...shape,
			batchSize,
			filterHeight: 2,
			filterWidth: 2,
			strideHeight: 2,
			strideWidth: 2,
			padInfo: { top: 0, left: 0 },
			outHeight: shape.inHeight >> 1,
			outWidth: shape.inWidth >> 1,
		};
	});

/** `pool` of the pixels that each window covers, channel by channel. */
function pooled(shape: PoolingShape, x: Float32Array, pool: (values: number[]) => number): Float32Array {
	const { inHeight, inWidth, inChannels, padInfo } = shape;
	const found: number[] = [];
	for (let image = 0; image < shape.batchSize; image++) {
		for (let row = 0; row < shape.outHeight; row++) {
			for (let column = 0; column < shape.outWidth; column++) {
				const top = row * shape.strideHeight - padInfo.top;
				const left = column * shape.strideWidth - padInfo.left;
				for (let c = 0; c < inChannels; c++) {
					const values: number[] = [];
					for (let y = Math.max(top, 0); y < Math.min(top + shape.filterHeight, inHeight); y++) {
						for (let z = Math.max(left, 0); z < Math.min(left + shape.filterWidth, inWidth); z++) {
							values.push(x[((image * inHeight + y) * inWidth + z) * inChannels + c] as number);
						}
					}
					found.push(pool(values));
				}
			}
		}
	}
	return Float32Array.from(found);
}

const numRuns = 300;

test("max pooling finds the highest value under each window, passing over what is not a number", () => {
	fc.assert(
		fc.property(pools, misalignments, fc.nat(), (shape, misalignment, seed) => {
			const size = shape.batchSize * shape.inHeight * shape.inWidth * shape.inChannels;
			const x = eighthsOf(size, seed).map((value, index) => (index % 7 === 3 ? Number.NaN : value));
			const expected = pooled(shape, x, (values) =>
				values.reduce((highest, value) => (value > highest ? value : highest), Number.NEGATIVE_INFINITY),
			);
			const found = runRoutine(maxPoolRoutine(shape), [x], { size: expected.length, misalignment });
			expect(found).toEqual(expected);
		}),
		{ numRuns },
	);
});

test("average pooling does not count padding", () => {
	fc.assert(
		fc.property(pools, misalignments, fc.nat(), (shape, misalignment, seed) => {
			const x = eighthsOf(shape.batchSize * shape.inHeight * shape.inWidth * shape.inChannels, seed);
			const expected = pooled(
				shape,
				x,
				(values) => values.reduce((sum, value) => sum + value, 0) / values.length,
			);
			const found = runRoutine(averagePoolRoutine(shape), [x], { size: expected.length, misalignment });
			expect(found).toEqual(expected);
		}),
		{ numRuns },
	);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { tf } from "./kernel-agreement.fixture.ts";
import { maxPoolGradient } from "./pooling-gradient-routine.ts";
import { maxPoolRoutine } from "./pooling-routine.ts";
import { eighthsOf, misalignments, runRoutine } from "./routine-runs.fixture.ts";

const sides = fc.integer({ min: 2, max: 9 });

/** Images `[n, height, width, channels]`, whose last line and column two by two windows may leave out. */
const images = fc.tuple(
	fc.integer({ min: 1, max: 3 }),
	sides,
	sides,
	fc.constantFrom(1, 2, 3, 4, 5, 6, 8, 11, 16, 20),
);

test("where windows of two by two lie side by side, the first of equal maxima gets all, other pixels 0", () => {
	fc.assert(
		fc.property(images, misalignments, fc.nat(), (extents, misalignment, seed) => {
			const shape = tf.backend_util.computePool2DInfo(extents, 2, 2, 1, "valid");
			const [n, height, width, channels] = extents;
			// Few different values, so that there are many equal ones, and some without an order.
			const x = eighthsOf(n * height * width * channels, seed).map((value, index) =>
				index % 23 === 7 ? Number.NaN : Math.round(value),
			);
			const size = n * shape.outHeight * shape.outWidth * channels;
			const output = runRoutine(maxPoolRoutine(shape), [x], { size });
			const dy = eighthsOf(size, seed + 1);
			const expected = new Float32Array(x.length);
			for (const [index, slope] of dy.entries()) {
				const channel = index % channels;
				const column = Math.floor(index / channels) % shape.outWidth;
				const row = Math.floor(index / channels / shape.outWidth) % shape.outHeight;
				const image = Math.floor(index / channels / shape.outWidth / shape.outHeight);
				const first = ((image * height + row * 2) * width + column * 2) * channels + channel;
				const pixels = [first, first + channels, first + width * channels, first + (width + 1) * channels];
				const hit = pixels.find((pixel) => x[pixel] === output[index]);
				if (hit !== undefined) expected[hit] = slope + 0;
			}
			const found = runRoutine(maxPoolGradient(shape), [x, output, dy], { size: x.length, misalignment });
			expect(found).toEqual(expected);
		}),
		{ numRuns: 300 },
	);
});

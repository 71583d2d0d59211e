import fc from "fast-check";
import { expect, test } from "vitest";
import { tf } from "./kernel-agreement.fixture.ts";
import { averagePoolGradient, maxPoolGradient } from "./pooling-gradient-routine.ts";
import { maxPoolRoutine } from "./pooling-routine.ts";
import { eighthsOf, misalignments, runRoutine } from "./routine-runs.fixture.ts";

type Extents4 = [number, number, number, number];

const sides = fc.integer({ min: 2, max: 9 });

/** Images `[n, height, width, channels]`, whose last line and column the windows may leave out. */
const images: fc.Arbitrary<Extents4> = fc.tuple(
	fc.integer({ min: 1, max: 3 }),
	sides,
	sides,
	fc.constantFrom(1, 2, 3, 4, 5, 6, 8, 11, 16, 20),
);

/** Windows of two by two pixels side by side. */
function shapeOf(extents: Extents4) {
	return tf.backend_util.computePool2DInfo(extents, 2, 2, 1, "valid");
}

/** Where the pixels of the window lie that gives value `index` of a pooling's output. */
function pixelsUnder([, height, width, channels]: Extents4, index: number): number[] {
	const [rows, columns] = [height >> 1, width >> 1];
	const position = Math.floor(index / channels);
	const [column, line] = [position % columns, Math.floor(position / columns)];
	const [row, image] = [line % rows, Math.floor(line / rows)];
	const first = ((image * height + row * 2) * width + column * 2) * channels + (index % channels);
	return [first, first + channels, first + width * channels, first + (width + 1) * channels];
}

const numRuns = 300;

test("the first of equal maxima gets all of a slope, other pixels nothing", () => {
	fc.assert(
		fc.property(images, misalignments, fc.nat(), (extents, misalignment, seed) => {
			const shape = shapeOf(extents);
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
				const hit = pixelsUnder(extents, index).find((pixel) => x[pixel] === output[index]);
				if (hit !== undefined) expected[hit] = slope + 0;
			}
			const found = runRoutine(maxPoolGradient(shape), [x, output, dy], { size: x.length, misalignment });
			expect(found).toEqual(expected);
		}),
		{ numRuns },
	);
});

test("average pooling gives a quarter of a slope to each pixel under a window, other pixels nothing", () => {
	fc.assert(
		fc.property(images, misalignments, fc.nat(), (extents, misalignment, seed) => {
			const shape = shapeOf(extents);
			const [n, height, width, channels] = extents;
			const dy = eighthsOf(n * shape.outHeight * shape.outWidth * channels, seed);
			const expected = new Float32Array(n * height * width * channels);
			for (const [index, slope] of dy.entries()) {
				for (const pixel of pixelsUnder(extents, index)) expected[pixel] = slope / 4 + 0;
			}
			const found = runRoutine(averagePoolGradient(shape), [dy], { size: expected.length, misalignment });
			expect(found).toEqual(expected);
		}),
		{ numRuns },
	);
});

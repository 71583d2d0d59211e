import fc from "fast-check";
import { expect, test } from "vitest";
import { eighthsOf, misalignments, runRoutine } from "./routine-runs.fixture.ts";
import { slidingShapes } from "./sliding-shape.fixture.ts";
import type { SlidingShape } from "./sliding-shape.ts";
import { foldRoutine, unfoldRoutine } from "./unfold-routine.ts";

const numRuns = 300;
const imageNumbers = fc.integer({ min: 1, max: 3 });

/** Where in x each value of the patches lies; -1 outside an image. */
function sources(shape: SlidingShape, images: number): number[] {
	const { inHeight, inWidth, inChannels, padInfo } = shape;
	const found: number[] = [];
	for (let image = 0; image < images; image++) {
		for (let row = 0; row < shape.outHeight; row++) {
			for (let column = 0; column < shape.outWidth; column++) {
				for (let a = 0; a < shape.filterHeight; a++) {
					for (let b = 0; b < shape.filterWidth; b++) {
						const y = row * shape.strideHeight - padInfo.top + a;
						const x = column * shape.strideWidth - padInfo.left + b;
						const isInside = y >= 0 && y < inHeight && x >= 0 && x < inWidth;
						const pixel = ((image * inHeight + y) * inWidth + x) * inChannels;
						for (let c = 0; c < inChannels; c++) found.push(isInside ? pixel + c : -1);
					}
				}
			}
		}
	}
	return found;
}

function sizeOfImages(shape: SlidingShape, images: number): number {
	return images * shape.inHeight * shape.inWidth * shape.inChannels;
}

test("unfold writes what lies under each position of a window, and zeros outside the image", () => {
	fc.assert(
		fc.property(slidingShapes, imageNumbers, misalignments, fc.nat(), (shape, images, misalignment, seed) => {
			const x = eighthsOf(sizeOfImages(shape, images), seed);
			const from = sources(shape, images);
			const found = runRoutine(unfoldRoutine(shape, images), [x], { size: from.length, misalignment });
			expect(found).toEqual(Float32Array.from(from, (index) => (index < 0 ? 0 : (x[index] as number))));
		}),
		{ numRuns },
	);
});

test("fold adds each value to where it came from", () => {
	fc.assert(
		fc.property(slidingShapes, imageNumbers, misalignments, fc.nat(), (shape, images, misalignment, seed) => {
			const size = sizeOfImages(shape, images);
			const to = sources(shape, images);
			const rows = eighthsOf(to.length, seed);
			const expected = new Float32Array(size);
			for (const [index, target] of to.entries()) {
				if (target >= 0) expected[target] = (expected[target] as number) + (rows[index] as number);
			}
			expect(runRoutine(foldRoutine(shape, images), [rows], { size, misalignment })).toEqual(expected);
		}),
		{ numRuns },
	);
});

test("fold is the adjoint of unfold: <unfold x, r> = <x, fold r>", () => {
	fc.assert(
		fc.property(slidingShapes, imageNumbers, fc.nat(), (shape, images, seed) => {
			const x = eighthsOf(sizeOfImages(shape, images), seed);
			const size = sources(shape, images).length;
			const rows = eighthsOf(size, seed + 1);
			const unfolded = runRoutine(unfoldRoutine(shape, images), [x], { size });
			const folded = runRoutine(foldRoutine(shape, images), [rows], { size: x.length });
			expect(dot(unfolded, rows)).toBe(dot(x, folded));
		}),
	);
});

test("a window with gaps is refused", () => {
	const [shape] = fc.sample(slidingShapes, 1) as [SlidingShape];
	expect(() => unfoldRoutine({ ...shape, dilationWidth: 2 }, 1)).toThrow("dilations 1 and 2, expected 1");
});

function dot(a: Float32Array, b: Float32Array): number {
	return a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);
}

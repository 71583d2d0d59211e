import fc from "fast-check";
import { test } from "vitest";
import { filterShape, geometries, outExtents } from "./convolution-geometry.fixture.ts";
import { eighths, expectAgreement, normals, runKernel } from "./kernel-agreement.fixture.ts";

const numRuns = 200;

test("the gradient of a convolution's input is right for any strides and padding", () => {
	fc.assert(
		fc.property(geometries(), (geometry) => {
			const { x, outChannels, attributes, seed } = geometry;
			expectAgreement(
				[eighths([x[0], ...outExtents(geometry), outChannels], seed), eighths(filterShape(geometry), seed)],
				(dy, filter) => runKernel("Conv2DBackpropInput", { dy, filter }, { ...attributes, inputShape: x }),
			);
		}),
		{ numRuns },
	);
});

test("the gradient of a convolution's filter is right for any strides and padding", () => {
	fc.assert(
		fc.property(geometries(), (geometry) => {
			const { x, outChannels, attributes, seed } = geometry;
			expectAgreement(
				[eighths(x, seed), eighths([x[0], ...outExtents(geometry), outChannels], seed)],
				(images, dy) =>
					runKernel(
						"Conv2DBackpropFilter",
						{ x: images, dy },
						{ ...attributes, filterShape: filterShape(geometry) },
					),
			);
		}),
		{ numRuns },
	);
});

const large = {
	x: [3, 20, 18, 5],
	filter: [5, 5, 5, 6],
	dy: [3, 20, 18, 6],
	attributes: { strides: [1, 1], pad: "same", dataFormat: "NHWC" },
};

test("the gradient of an input of numbers that float32 rounds stays within 1e-5 of the largest", () => {
	const { x, filter, dy, attributes } = large;
	expectAgreement(
		[normals(dy, 1), normals(filter, 2)],
		(slopes, weights) =>
			runKernel("Conv2DBackpropInput", { dy: slopes, filter: weights }, { ...attributes, inputShape: x }),
		{ tolerance: 1e-5 },
	);
});

test("the gradient of a filter, over more positions than a block holds, stays within 1e-5 of the largest", () => {
	const { x, filter, dy, attributes } = large;
	expectAgreement(
		[normals(x, 1), normals(dy, 2)],
		(images, slopes) =>
			runKernel("Conv2DBackpropFilter", { x: images, dy: slopes }, { ...attributes, filterShape: filter }),
		{ tolerance: 1e-5 },
	);
});

test("the gradient of a filter over no images is zero", () => {
	expectAgreement([eighths([0, 4, 4, 2], 1), eighths([0, 4, 4, 3], 1)], (x, dy) =>
		runKernel("Conv2DBackpropFilter", { x, dy }, { ...large.attributes, filterShape: [3, 3, 2, 3] }),
	);
});

import fc from "fast-check";
import { test } from "vitest";
import { filterShape, type Geometry, geometries, outExtents } from "./convolution-geometry.fixture.ts";
import { eighths, expectAgreement, runKernel } from "./kernel-agreement.fixture.ts";

const numRuns = 200;

/** Geometries whose output channels are the filters for each channel of the input. */
const depthwise = fc
	.tuple(geometries(), fc.integer({ min: 1, max: 5 }))
	.map(([geometry, multiplier]) => ({ ...geometry, outChannels: multiplier }));

function gradientShape(geometry: Geometry): number[] {
	const { x, outChannels } = geometry;
	return [x[0], ...outExtents(geometry), x[3] * outChannels];
}

test("the gradient of a depthwise convolution's input is right for any strides and padding", () => {
	fc.assert(
		fc.property(depthwise, (geometry) => {
			const { x, attributes, seed } = geometry;
			expectAgreement(
				[eighths(gradientShape(geometry), seed), eighths(filterShape(geometry), seed)],
				(dy, filter) =>
					runKernel("DepthwiseConv2dNativeBackpropInput", { dy, filter }, { ...attributes, inputShape: x }),
			);
		}),
		{ numRuns },
	);
});

test("the gradient of a depthwise convolution's filter is right for any strides and padding", () => {
	fc.assert(
		fc.property(depthwise, (geometry) => {
			const { x, attributes, seed } = geometry;
			expectAgreement([eighths(x, seed), eighths(gradientShape(geometry), seed)], (images, dy) =>
				runKernel(
					"DepthwiseConv2dNativeBackpropFilter",
					{ x: images, dy },
					{ ...attributes, filterShape: filterShape(geometry) },
				),
			);
		}),
		{ numRuns },
	);
});

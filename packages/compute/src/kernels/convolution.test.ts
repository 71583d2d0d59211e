import fc from "fast-check";
import { test } from "vitest";
import { filterShape, type Geometry, geometries } from "./convolution-geometry.fixture.ts";
import { eighths, expectAgreement, normals, runKernel } from "./kernel-agreement.fixture.ts";

const numRuns = 200;

function expectConvolution(geometry: Geometry): void {
	const { x, attributes, seed } = geometry;
	expectAgreement([eighths(x, seed), eighths(filterShape(geometry), seed)], (images, filter) =>
		runKernel("Conv2D", { x: images, filter }, attributes),
	);
}

test("convolutions are right for any strides, dilations and padding", () => {
	fc.assert(fc.property(geometries({ dilated: true }), expectConvolution), { numRuns });
});

test("padding smaller than a stride does not make zeros of the result", () => {
	// TensorFlow.js 4.22's own kernel gives zeros only for each of these.
	for (const [x, filter, strides] of [
		[
			[1, 2],
			[2, 1],
			[1, 2],
		],
		[
			[2, 3],
			[1, 3],
			[4, 3],
		],
		[
			[3, 3],
			[2, 1],
			[5, 2],
		],
		[
			[3, 3],
			[2, 2],
			[2, 3],
		],
		[
			[4, 1],
			[2, 2],
			[5, 1],
		],
		[
			[4, 2],
			[1, 3],
			[2, 1],
		],
		[
			[4, 4],
			[3, 3],
			[3, 5],
		],
	] as const) {
		expectConvolution({
			x: [2, ...x, 1],
			filter: [...filter],
			outChannels: 2,
			attributes: { strides: [...strides], dilations: [1, 1], pad: "same", dataFormat: "NHWC" },
			seed: 1,
		});
	}
});

test("a fused convolution adds its bias before its activation", () => {
	fc.assert(
		fc.property(
			geometries({ dilated: true }),
			fc.constantFrom("linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu", "prelu"),
			fc.boolean(),
			(geometry, activation, biased) => {
				const { x, outChannels, attributes, seed } = geometry;
				expectAgreement(
					[
						eighths(x, seed),
						eighths(filterShape(geometry), seed),
						eighths([outChannels], seed),
						eighths([1, 1, outChannels], seed),
					],
					(images, filter, bias, alpha) =>
						runKernel(
							"FusedConv2D",
							{
								x: images,
								filter,
								...(biased && { bias }),
								...(activation === "prelu" && { preluActivationWeights: alpha }),
							},
							{ ...attributes, activation, leakyreluAlpha: 0.25 },
						),
					{ tolerance: ["elu", "sigmoid"].includes(activation) ? 1e-6 : 0 },
				);
			},
		),
		{ numRuns },
	);
});

test("convolutions of numbers that float32 rounds stay within 1e-5 of the largest", () => {
	for (const [x, filter] of [
		[
			[2, 14, 14, 32],
			[5, 5, 32, 20],
		],
		[
			[3, 9, 9, 64],
			[3, 3, 64, 70],
		],
	] as const) {
		expectAgreement(
			[normals(x, 1), normals(filter, 2)],
			(images, weights) =>
				runKernel(
					"Conv2D",
					{ x: images, filter: weights },
					{ strides: [1, 1], dilations: [1, 1], pad: "same", dataFormat: "NHWC" },
				),
			{ tolerance: 1e-5 },
		);
	}
});

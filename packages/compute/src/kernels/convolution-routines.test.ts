import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { test } from "vitest";
import { expectRoutine } from "./bound-routine.fixture.ts";
import { convolutionFilterGradient } from "./convolution-filter-gradient-routine.ts";
import { convolutionInputGradient } from "./convolution-input-gradient-routine.ts";
import { convolution } from "./convolution-routine.ts";
import { convolutionShape } from "./convolution-shape.ts";
import { tf } from "./kernel-agreement.fixture.ts";

const convolutions = [
	{ strides: 1, pad: "same", x: [2, 5, 4, 3], filter: [3, 3, 3, 9] },
	{ strides: 2, pad: "valid", x: [2, 6, 5, 2], filter: [2, 3, 2, 4] },
	// Some pixels meet no tap.
	{ strides: 3, pad: "valid", x: [1, 8, 7, 1], filter: [2, 1, 1, 3] },
] as const;

test.each(convolutions)(
	"a bound convolution and its gradients are right: strides $strides, $pad",
	(options) => {
		const { strides, pad } = options;
		const [x, filter] = [[...options.x], [...options.filter]];
		const shape = convolutionShape(tf, { strides, pad }, { x, filter });
		const convolve = (images: Tensor, taps: Tensor) =>
			tf.conv2d(images as Tensor4D, taps as Tensor4D, strides, pad);
		expectRoutine(convolution(shape, false), [x, filter], convolve);
		expectRoutine(convolution(shape, true), [x, filter, [shape.outChannels]], (images, taps, bias) =>
			tf.add(convolve(images, taps), bias),
		);
		expectRoutine(convolutionFilterGradient(shape), [x, shape.outShape], (images, dy) =>
			tf.grad((taps: Tensor) => convolve(images, taps))(tf.zeros(filter), dy),
		);
		expectRoutine(convolutionInputGradient(shape), [shape.outShape, filter], (dy, taps) =>
			tf.grad((images: Tensor) => convolve(images, taps))(tf.zeros(x), dy),
		);
	},
);

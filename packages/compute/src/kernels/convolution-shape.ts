import type { Conv2DAttrs } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";

export type ConvolutionShape = ReturnType<TensorFlowJs["backend_util"]["computeConv2DInfo"]>;

type Extents4 = [number, number, number, number];

/** What a convolution's kernels share of their attributes. */
export interface ConvolutionAttributes extends Pick<Conv2DAttrs, "strides" | "pad"> {
	readonly dilations?: Conv2DAttrs["dilations"] | undefined;
	readonly dataFormat?: Conv2DAttrs["dataFormat"] | undefined;
	readonly dimRoundingMode?: Conv2DAttrs["dimRoundingMode"] | undefined;
}

/** Extents, strides, dilations and padding of a convolution of `x` `[n, height, width, channels]`. */
export function convolutionShape(
	tf: TensorFlowJs,
	attributes: ConvolutionAttributes,
	shapes: { readonly x: readonly number[]; readonly filter: readonly number[]; readonly depthwise?: boolean },
): ConvolutionShape {
	const { strides, pad, dilations = 1, dataFormat = "NHWC", dimRoundingMode } = attributes;
	if (dataFormat !== "NHWC") {
		throw new Error(`convolution in layout ${dataFormat}: the wasm backend has it for NHWC only`);
	}
	const [x, filter] = [[...shapes.x] as Extents4, [...shapes.filter] as Extents4];
	return tf.backend_util.computeConv2DInfo(
		x,
		filter,
		strides,
		dilations,
		pad,
		dimRoundingMode,
		shapes.depthwise,
	);
}

import type { Tensor4D } from "@tensorflow/tfjs";
import { biasedConvolution } from "./biased-convolution.ts";
import { type WeightInitializer, zeroValues } from "./initial-values.ts";
import { imageExtents, type LayerMaker, type LayerPart } from "./layer.ts";

export interface Conv2dOptions {
	readonly filters: number;
	/** Height and width of the window. */
	readonly size: number;
	/** `same` keeps the extents (divided by the stride, rounded up); `valid` uses whole windows only. */
	readonly padding: "same" | "valid";
	readonly stride?: number;
	/** A convolution that a normalisation follows needs no bias. */
	readonly bias?: boolean;
	readonly initializer: WeightInitializer;
}

/** Cross-correlation of images `[height, width, channels]` with windows W `[size, size, channels, filters]`. */
export function conv2d(name: string, options: Conv2dOptions): LayerMaker {
	const { filters, size, padding, stride = 1, bias = true, initializer } = options;
	const extent = (input: number) => Math.ceil((padding === "same" ? input : input - size + 1) / stride);
	return (inputShape) => {
		const { height, width, channels } = imageExtents(inputShape);
		const outputShape = [extent(height), extent(width), filters];
		const weight: LayerPart = {
			name: `${name}.weight`,
			layer: name,
			kind: "weight",
			shape: [size, size, channels, filters],
			initial: initializer(size * size * channels, size * size * filters),
		};
		const shift: LayerPart = {
			name: `${name}.bias`,
			layer: name,
			kind: "bias",
			shape: [filters],
			initial: zeroValues,
		};
		return {
			parts: bias ? [weight, shift] : [weight],
			outputShape,
			multiplyAdds: extent(height) * extent(width) * filters * size * size * channels,
			forward: ({ tf, part }, x) => {
				const images = x as Tensor4D;
				const windows = part(weight.name) as Tensor4D;
				if (!bias) return tf.conv2d(images, windows, stride, padding);
				return biasedConvolution(tf, {
					x: images,
					weight: windows,
					bias: part(shift.name),
					stride,
					padding,
				});
			},
		};
	};
}

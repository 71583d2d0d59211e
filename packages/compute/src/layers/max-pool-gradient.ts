import type { backend_util, KernelFunc, NamedTensorInfoMap, Tensor, Tensor4D } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import { tensorValues } from "../model/tensor-values.ts";

/** Where the windows of a pooling layer lie; images are `[n, height, width, channels]`. */
export type PoolGeometry = Pick<
	backend_util.Conv2DInfo,
	| "batchSize"
	| "inHeight"
	| "inWidth"
	| "outHeight"
	| "outWidth"
	| "inChannels"
	| "filterHeight"
	| "filterWidth"
	| "strideHeight"
	| "strideWidth"
> & { readonly padInfo: Pick<backend_util.PadInfo, "top" | "left"> };

/**
 * The gradient of max pooling by its input: each window hands its dy to its highest value, the first of equal
 * ones. `x` and the result are `[n, inHeight, inWidth, channels]`, `dy` is `[n, outHeight, outWidth, channels]`.
 */
export function maxPoolGradient(x: Float32Array, dy: Float32Array, geometry: PoolGeometry): Float32Array {
	const { batchSize, inHeight, inWidth, outHeight, outWidth, inChannels, padInfo } = geometry;
	const gradient = new Float32Array(x.length);
	let source = 0;
	for (let example = 0; example < batchSize; example++) {
		for (let outRow = 0; outRow < outHeight; outRow++) {
			const top = outRow * geometry.strideHeight - padInfo.top;
			const firstRow = Math.max(0, top);
			const endRow = Math.min(inHeight, top + geometry.filterHeight);
			for (let outColumn = 0; outColumn < outWidth; outColumn++) {
				const left = outColumn * geometry.strideWidth - padInfo.left;
				const firstColumn = Math.max(0, left);
				const endColumn = Math.min(inWidth, left + geometry.filterWidth);
				for (let channel = 0; channel < inChannels; channel++) {
					let best = ((example * inHeight + firstRow) * inWidth + firstColumn) * inChannels + channel;
					for (let row = firstRow; row < endRow; row++) {
						const start = (example * inHeight + row) * inWidth;
						for (let column = firstColumn; column < endColumn; column++) {
							const place = (start + column) * inChannels + channel;
							if ((x[place] as number) > (x[best] as number)) best = place;
						}
					}
					gradient[best] = (gradient[best] as number) + (dy[source++] as number);
				}
			}
		}
	}
	return gradient;
}

/**
 * Replaces the `wasm` backend's kernel, which in TensorFlow.js 4.22 loses the gradient of windows that hold
 * negative values only; ours is no slower.
 */
export function replaceMaxPoolGradient(tf: TensorFlowJs): void {
	const kernelName = "MaxPoolGrad";
	const stock = tf.getKernel(kernelName, "wasm");
	const kernelFunc: KernelFunc = ({ inputs, attrs }) => {
		const { input, dy } = inputs as NamedTensorInfoMap & { readonly input: Tensor4D; readonly dy: Tensor };
		const { filterSize, strides, pad } = attrs as {
			filterSize: number | [number, number];
			strides: number | [number, number];
			pad: "same" | "valid" | number;
		};
		const geometry = tf.backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad);
		return tf.tensor(maxPoolGradient(tensorValues(tf, input), tensorValues(tf, dy), geometry), input.shape);
	};
	tf.unregisterKernel(kernelName, "wasm");
	tf.registerKernel({ ...stock, kernelFunc });
}

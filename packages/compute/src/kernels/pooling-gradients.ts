import type { MaxPoolGradAttrs, TensorInfo } from "@tensorflow/tfjs";
import { inputWindow } from "./convolution.ts";
import type { Kernel, KernelCall } from "./kernel.ts";
import type { Address } from "./simd.ts";
import { addressOf } from "./wasm-backend.ts";
import { windowBytes, writeWindow } from "./window.ts";

interface PoolInputs {
	/** `[n, outHeight, outWidth, channels]` */
	readonly dy: TensorInfo;
	/** `[n, height, width, channels]` */
	readonly input: TensorInfo;
}

type PoolAttributes = Omit<MaxPoolGradAttrs, "dimRoundingMode"> & Partial<MaxPoolGradAttrs>;

/**
 * Gradient of max pooling: the first of equal maxima gets all of it. TensorFlow.js 4.22's own kernel loses it where
 * a window holds negative values only.
 */
export const maxPoolGrad: Kernel<PoolInputs & { readonly output: TensorInfo }, PoolAttributes> = (call) => {
	const { backend, simd, inputs } = call;
	const dx = backend.makeOutput(inputs.input.shape, "float32");
	simd.maxPoolGradient(
		poolWindow(call),
		addressOf(backend, inputs.output),
		addressOf(backend, inputs.dy),
		addressOf(backend, dx),
	);
	return dx;
};

/** Gradient of average pooling, which does not count padding. */
export const avgPoolGrad: Kernel<PoolInputs, PoolAttributes> = (call) => {
	const { backend, simd, inputs } = call;
	const dx = backend.makeOutput(inputs.input.shape, "float32");
	simd.averagePoolGradient(poolWindow(call), addressOf(backend, inputs.dy), addressOf(backend, dx));
	return dx;
};

function poolWindow(call: KernelCall<PoolInputs, PoolAttributes>): Address {
	const { tf, backend, workspace, inputs, attrs } = call;
	const shape = tf.backend_util.computePool2DInfo(
		inputs.input.shape as [number, number, number, number],
		attrs.filterSize,
		attrs.strides,
		1,
		attrs.pad,
		attrs.dimRoundingMode,
	);
	const [window] = workspace.reserve(windowBytes) as [Address];
	writeWindow(backend, window, inputWindow(shape, addressOf(backend, inputs.input)));
	return window;
}

import type { _FusedMatMulAttrs, TensorInfo } from "@tensorflow/tfjs";
import type { KernelCall } from "./kernel.ts";

type Activation = _FusedMatMulAttrs["activation"];

/** What fused kernels take beside their factors. */
export interface FusedInputs {
	/** One number for each output channel. */
	readonly bias?: TensorInfo;
	readonly preluActivationWeights?: TensorInfo;
}

export interface FusedAttributes {
	readonly activation: Activation;
	readonly leakyreluAlpha?: number;
}

const kernelNames: Readonly<Record<Activation, string | undefined>> = {
	linear: undefined,
	relu: "Relu",
	relu6: "Relu6",
	elu: "Elu",
	sigmoid: "Sigmoid",
	prelu: "Prelu",
	leakyrelu: "LeakyRelu",
};

/** Applies a fused kernel's activation to what it computed, `x`, which it disposes of. */
export function activate(
	{ tf, backend, inputs, attrs }: KernelCall<FusedInputs, FusedAttributes>,
	x: TensorInfo,
): TensorInfo {
	const kernelName = kernelNames[attrs.activation];
	if (kernelName === undefined) return x;
	const alpha = inputs.preluActivationWeights;
	const activated = tf.getKernel(kernelName, "wasm").kernelFunc({
		inputs: alpha === undefined ? { x } : { x, alpha },
		attrs: { alpha: attrs.leakyreluAlpha ?? 0.2 },
		backend,
	}) as TensorInfo;
	backend.disposeData(x.dataId);
	return activated;
}

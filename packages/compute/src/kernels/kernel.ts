import type { TensorInfo } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import { instantiateSimd, type SimdFunctions } from "./simd.ts";
import type { WasmBackend } from "./wasm-backend.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

/** What a kernel is called with. */
export interface KernelCall<Inputs, Attributes = object> {
	readonly tf: TensorFlowJs;
	readonly inputs: Inputs;
	readonly attrs: Attributes;
	readonly backend: WasmBackend;
	readonly simd: SimdFunctions;
	readonly workspace: Workspace;
	/** Calls the kernel that was there before, for what this one does not cover. */
	stock(): TensorInfo;
}

export type Kernel<Inputs, Attributes = object> = (call: KernelCall<Inputs, Attributes>) => TensorInfo;

interface Tools {
	readonly simd: SimdFunctions;
	readonly workspace: Workspace;
}

const toolsOf = new WeakMap<WasmBackend, Tools>();

function tools(backend: WasmBackend): Tools {
	let found = toolsOf.get(backend);
	if (found === undefined) {
		found = { simd: instantiateSimd(backend.wasm.asm.memory), workspace: createWorkspace(backend) };
		toolsOf.set(backend, found);
	}
	return found;
}

/**
 * Makes a kernel the `wasm` backend's one of that name. Kernels are replaced rather than gradients, since fused ops
 * call kernels directly.
 */
export function registerWasmKernel<Inputs, Attributes>(
	tf: TensorFlowJs,
	kernelName: string,
	kernel: Kernel<Inputs, Attributes>,
): void {
	// The registry returns undefined for what it lacks, though its type does not say so.
	const stock = tf.getKernel(kernelName, "wasm") as ReturnType<TensorFlowJs["getKernel"]> | undefined;
	if (stock !== undefined) tf.unregisterKernel(kernelName, "wasm");
	tf.registerKernel({
		// The set-up of the stock kernel prepares the function that it calls.
		...stock,
		kernelName,
		backendName: "wasm",
		kernelFunc: (call) => {
			const backend = call.backend as WasmBackend;
			return kernel({
				tf,
				inputs: call.inputs as unknown as Inputs,
				attrs: call.attrs as unknown as Attributes,
				backend,
				...tools(backend),
				stock() {
					if (stock === undefined) throw new Error(`${kernelName}: the wasm backend has it for float32 only`);
					return stock.kernelFunc(call) as TensorInfo;
				},
			});
		},
	});
}

import type { TensorInfo } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import type { Routine } from "./routine.ts";
import { instantiateSimd, type SimdFunctions } from "./simd.ts";
import { addressOf, type WasmBackend } from "./wasm-backend.ts";
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

/** What a routine makes of these tensors: a float32 tensor of that shape. */
export function runRoutine(
	{ backend, simd, workspace }: KernelCall<unknown, unknown>,
	routine: Routine,
	tensors: readonly TensorInfo[],
	outShape: readonly number[],
): TensorInfo {
	const out = backend.makeOutput(outShape, "float32");
	const scratch = workspace.reserve(...routine.scratch);
	// Nothing below allocates: views that the routine makes of the memory stay valid.
	const operands = tensors.map((tensor) => addressOf(backend, tensor));
	operands.push(addressOf(backend, out));
	routine.bind({ memory: backend.wasm.asm.memory, simd }, operands, scratch)();
	return out;
}

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

import { messageOf } from "@fl-sim/core";
import { type Backend, type BackendName, openBackend } from "../backend/open-backend.ts";
import { type NativeProducts, onnxProducts } from "../native/native-products.ts";
import { loadOnnxRuntime, type OnnxRuntime } from "../native/onnx-runtime.ts";
import { createKernelMemory } from "./kernel-memory.ts";

const memoryBytes = 2 ** 28;

function tryOnnxRuntime(): { readonly runtime?: OnnxRuntime; readonly reason?: string } {
	try {
		return { runtime: loadOnnxRuntime() };
	} catch (thrown) {
		return { reason: messageOf(thrown) };
	}
}

/** The native library, or why there is none. */
export const native = tryOnnxRuntime();

const products = native.runtime && onnxProducts(native.runtime);

export const wasmBackend: Backend = await openBackend("wasm");

/** Ways to multiply matrices; a test of one that is `missing` is skipped and shows the reason in its name. */
export const compilers: readonly {
	readonly name: string;
	readonly backend: BackendName;
	readonly products: NativeProducts | undefined;
	readonly missing: boolean;
}[] = [
	{ name: "wasm", backend: "wasm", products: undefined, missing: false },
	{
		name: products === undefined ? `onnxruntime, which does not load: ${native.reason}` : "onnxruntime",
		backend: "onnxruntime",
		products,
		missing: products === undefined,
	},
];

/** A backend with a memory of its own. */
export function compilingBackend(products: NativeProducts | undefined, tf = wasmBackend.tf): Backend {
	return { ...wasmBackend, tf, compiler: { memory: createKernelMemory(memoryBytes), products } };
}

/** The same without a compiler. */
export function plainBackend(tf = wasmBackend.tf): Backend {
	return { ...wasmBackend, tf, compiler: undefined };
}

/** The part of the WebAssembly interface that the kernels use; Node's own types leave it empty. */
declare namespace WebAssembly {
	interface Memory {
		readonly buffer: ArrayBuffer;
	}
	interface Module {
		readonly [Symbol.toStringTag]: "WebAssembly.Module";
	}
	interface Instance {
		readonly exports: unknown;
	}
	const Module: new (bytes: Uint8Array) => Module;
	const Instance: new (module: Module, imports: { readonly env: { readonly memory: Memory } }) => Instance;
}

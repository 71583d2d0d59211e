/** How to make a memory without TensorFlow.js. Sizes are pages of 64 KiB. */
declare namespace WebAssembly {
	const Memory: new (size: { readonly initial: number; readonly maximum?: number }) => Memory;
}

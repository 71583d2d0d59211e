import type { Address } from "./simd.ts";

/** The fields of the class `Window` in the package's folder `simd`, in its order. Source and room are addresses. */
const fields = [
	"images",
	"source",
	"height",
	"width",
	"channels",
	"padded",
	"paddedHeight",
	"paddedWidth",
	"padTop",
	"padLeft",
	"originRow",
	"originColumn",
	"rows",
	"columns",
	"rowStride",
	"columnStride",
	"tapRows",
	"tapColumns",
	"tapRowStep",
	"tapColumnStep",
] as const;

/** A filter that slides over padded images: see the class of that name in the package's folder `simd`. */
export type Window = Readonly<Record<(typeof fields)[number], number>>;

export const windowBytes = fields.length * 4;

/** Gives a function that writes the window to that address. */
export function windowWriter(memory: WebAssembly.Memory, at: Address, window: Window): () => void {
	const target = new Int32Array(memory.buffer, at, fields.length);
	const values = Int32Array.from(fields, (field) => window[field]);
	return () => target.set(values);
}

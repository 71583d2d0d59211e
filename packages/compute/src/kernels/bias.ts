import { type Address, roundUp, tileColumns } from "./simd.ts";

/** The bytes of a bias of that length, filled up to whole tiles. */
export function biasBytes(length: number): number {
	return roundUp(length, tileColumns) * 4;
}

/** Gives a function that writes a bias, or zeros if there is none, as products start from it. */
export function biasWriter(
	{ buffer }: WebAssembly.Memory,
	bias: Address | undefined,
	to: { readonly at: Address; readonly length: number },
): () => void {
	const target = new Float32Array(buffer, to.at, roundUp(to.length, tileColumns));
	if (bias === undefined) return () => void target.fill(0);
	const source = new Float32Array(buffer, bias, to.length);
	return () => {
		target.set(source);
		target.fill(0, to.length);
	};
}

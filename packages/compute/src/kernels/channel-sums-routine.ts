import type { Routine } from "./routine.ts";
import type { Address } from "./simd.ts";

/** Bytes that the function needs beside its operands. */
const roomBytes = 64;

/** Sums over rows: operands x `[blocks, rows, channels]` and the result `[blocks, channels]`. */
export function channelSumsRoutine(blocks: number, rows: number, channels: number): Routine {
	return {
		scratch: [roomBytes],
		bind: ({ simd }, operands, scratch) => {
			const [x, out] = operands as readonly [Address, Address];
			const [room] = scratch as readonly [Address];
			return () => simd.channelSums(x, blocks, rows, channels, room, out);
		},
	};
}

/** The same of products: operands a and b `[blocks, rows, channels]`, which may be one, and `[blocks, channels]`. */
export function channelProductsRoutine(blocks: number, rows: number, channels: number): Routine {
	return {
		scratch: [roomBytes],
		bind: ({ simd }, operands, scratch) => {
			const [a, b, out] = operands as readonly [Address, Address, Address];
			const [room] = scratch as readonly [Address];
			return () => simd.channelProducts(a, b, blocks, rows, channels, room, out);
		},
	};
}

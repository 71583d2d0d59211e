import { plainSums, type SumArithmetic } from "./sum-arithmetic.ts";
import { sumKernelsBinary } from "./sum-kernels-binary.ts";
import { createSumMemory, type SumMemory } from "./sum-memory.ts";
import type { Vector } from "./vector.ts";

/** The functions of this package's folder `simd`; its sources say what the arguments mean. Addresses are in bytes. */
interface SumKernels {
	setScaled(sum: number, x: number, count: number, scale: number): void;
	addScaled(sum: number, x: number, count: number, scale: number): void;
	add(left: number, right: number, count: number): void;
	divide(sum: number, count: number, divisor: number, target: number): void;
}

/** Few enough to stay in the fastest cache between the copy and the arithmetic. */
const stagedValues = 4096;

/**
 * Sums in a memory of `maxBytes` addresses by SIMD functions, with the bits of `plainSums`. Sums for which there is no
 * room are plain arrays.
 */
export function simdSums(maxBytes: number): SumArithmetic {
	const sums = createSumMemory(maxBytes, stagedValues);
	const kernels = instantiate(sums.memory);
	const { staging } = sums;
	const isHere = (sum: Float64Array) => sum.buffer === sums.memory.buffer;

	/** Calls `visit` with the address of each piece of `sum`, whose values of `x` are in `staging` then. */
	function staged(
		x: Vector,
		sum: Float64Array,
		visit: (piece: number, staged: number, count: number) => void,
	): void {
		for (let from = 0; from < x.length; from += stagedValues) {
			const piece = x.subarray(from, from + stagedValues);
			staging.set(piece);
			visit(sum.byteOffset + from * 8, staging.byteOffset, piece.length);
		}
	}

	return {
		scaled(a, x) {
			const sum = sums.lend(x.length);
			if (sum === undefined) return plainSums.scaled(a, x);
			staged(x, sum, (piece, values, count) => kernels.setScaled(piece, values, count, a));
			return sum;
		},
		addScaled(sum, a, x) {
			if (!isHere(sum)) plainSums.addScaled(sum, a, x);
			else staged(x, sum, (piece, values, count) => kernels.addScaled(piece, values, count, a));
		},
		add(left, right) {
			if (isHere(left) && isHere(right)) kernels.add(left.byteOffset, right.byteOffset, left.length);
			else plainSums.add(left, right);
			sums.giveBack(right);
		},
		divided(sum, divisor) {
			if (!isHere(sum)) return plainSums.divided(sum, divisor);
			const result = new Float32Array(sum.length);
			for (let from = 0; from < sum.length; from += stagedValues) {
				const count = Math.min(stagedValues, sum.length - from);
				kernels.divide(sum.byteOffset + from * 8, count, divisor, staging.byteOffset);
				result.set(count === stagedValues ? staging : staging.subarray(0, count), from);
			}
			sums.giveBack(sum);
			return result;
		},
	};
}

function instantiate(memory: SumMemory["memory"]): SumKernels {
	const bytes = Uint8Array.from(atob(sumKernelsBinary), (character) => character.charCodeAt(0));
	return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports as SumKernels;
}

const maxBytes = 2 ** 30;
let opened: SumArithmetic | undefined;

/** This thread's sums; plain ones where WebAssembly, its vectors or so many addresses are not to be had. */
export function threadSums(): SumArithmetic {
	opened ??= openSums();
	return opened;
}

function openSums(): SumArithmetic {
	try {
		return simdSums(maxBytes);
	} catch {
		return plainSums;
	}
}

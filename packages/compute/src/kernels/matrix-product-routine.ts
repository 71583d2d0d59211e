import { biasBytes, biasWriter } from "./bias.ts";
import type { Machine, Routine } from "./routine.ts";
import { type Address, panelBytes, tileBytes } from "./simd.ts";

/** Products of matrices op(A) op(B), `[batch, m, n]`, with `depth` terms in each sum. */
export interface MatrixProduct {
	readonly batch: number;
	readonly m: number;
	readonly n: number;
	readonly depth: number;
	/** Whether A is `[depth, m]` rather than `[m, depth]`. */
	readonly transposeA: boolean;
	/** Whether B is `[n, depth]` rather than `[depth, n]`. */
	readonly transposeB: boolean;
	/** Whether there is one A, or one B, for all of the batch. */
	readonly repeatsA: boolean;
	readonly repeatsB: boolean;
	/** Whether one number for each column, `[n]`, is added. */
	readonly bias: boolean;
}

/** Products of matrices. Operands: a, b, the bias if there is one, and c. */
export function matrixProduct(product: MatrixProduct): Routine {
	const { batch, m, n, depth } = product;
	const method = methodFor(product);
	const count = m * n === 0 ? 0 : batch;
	const stepA = product.repeatsA ? 0 : m * depth * 4;
	const stepB = product.repeatsB ? 0 : depth * n * 4;
	return {
		scratch: method.scratch,
		bind(machine, operands, scratch) {
			const [a, b] = operands as readonly [Address, Address];
			const c = operands.at(-1) as Address;
			const multiply = method.bind(machine, scratch, product.bias ? operands[2] : undefined);
			return () => {
				for (let i = 0; i < count; i++) multiply(a + i * stepA, b + i * stepB, c + i * m * n * 4);
			};
		},
	};
}

/** A way to compute one of the products. */
interface Method {
	readonly scratch: readonly number[];
	bind(
		machine: Machine,
		scratch: readonly Address[],
		bias: Address | undefined,
	): (a: Address, b: Address, c: Address) => void;
}

function methodFor(product: MatrixProduct): Method {
	const { m, n, depth, transposeA, transposeB, bias } = product;
	if (depth === 0) return repeatedBias(product);
	if (transposeA && !transposeB && !bias) return byColumns(product);
	// The operand that is packed should be the smaller one.
	if (!transposeA && transposeB && m < n && !bias) return swapped(product);
	return byRows(product);
}

/** C where there is nothing to add up. */
function repeatedBias({ m, n }: MatrixProduct): Method {
	return {
		scratch: [],
		bind({ memory: { buffer } }, _scratch, bias) {
			const row = bias === undefined ? new Float32Array(n) : new Float32Array(buffer, bias, n);
			return (_a, _b, c) => {
				const rows = new Float32Array(buffer, c, m * n);
				for (let i = 0; i < m; i++) rows.set(row, i * n);
			};
		},
	};
}

/** C = AB or ABᵀ by rows of A; a transposed A is first stored the other way round. */
function byRows({ m, n, depth, transposeA, transposeB }: MatrixProduct): Method {
	return {
		scratch: [panelBytes(depth, n), biasBytes(n), tileBytes, transposeA ? m * depth * 4 : 0],
		bind({ memory, simd }, scratch, bias) {
			const [panels, start, tile, rows] = scratch as readonly [Address, Address, Address, Address];
			const writeBias = biasWriter(memory, bias, { at: start, length: n });
			return (a, b, c) => {
				if (transposeA) simd.transpose(a, depth, m, m * 4, rows);
				if (transposeB) simd.packPanels(b, depth, 4, n, depth * 4, panels);
				else simd.packPanels(b, depth, n * 4, n, 4, panels);
				writeBias();
				const from = transposeA ? rows : a;
				simd.rowProduct(from, m, depth * 4, depth, panels, n, start, c, n * 4, false, tile);
			};
		},
	};
}

/** C = ABᵀ as the transpose of BAᵀ. */
function swapped({ m, n, depth }: MatrixProduct): Method {
	return {
		scratch: [panelBytes(depth, m), biasBytes(m), tileBytes],
		bind({ memory, simd }, scratch) {
			const [panels, start, tile] = scratch as readonly [Address, Address, Address];
			const writeBias = biasWriter(memory, undefined, { at: start, length: m });
			return (a, b, c) => {
				simd.packPanels(a, depth, 4, m, depth * 4, panels);
				writeBias();
				simd.rowProduct(b, n, depth * 4, depth, panels, m, start, c, n * 4, true, tile);
			};
		},
	};
}

/** C = AᵀB by columns of A. */
function byColumns({ m, n, depth }: MatrixProduct): Method {
	return {
		scratch: [panelBytes(depth, n), tileBytes],
		bind({ simd }, scratch) {
			const [panels, tile] = scratch as readonly [Address, Address];
			return (a, b, c) => {
				simd.packPanels(b, depth, n * 4, n, 4, panels);
				simd.columnProduct(a, depth, m, panels, n, c, tile);
			};
		},
	};
}

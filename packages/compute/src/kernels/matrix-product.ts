import type { BatchMatMulAttrs, TensorInfo } from "@tensorflow/tfjs";
import { biasBytes, writeBias } from "./bias.ts";
import { activate, type FusedAttributes, type FusedInputs } from "./fused-activation.ts";
import type { Kernel, KernelCall } from "./kernel.ts";
import { type Address, panelBytes, tileBytes } from "./simd.ts";
import { addressOf, sizeOf } from "./wasm-backend.ts";

interface Factors {
	/** `[..., m, depth]`, or `[..., depth, m]` with `transposeA` */
	readonly a: TensorInfo;
	/** `[..., depth, n]`, or `[..., n, depth]` with `transposeB` */
	readonly b: TensorInfo;
}

/** Products of matrices op(A) op(B), one for each index of the leading dimensions; one factor may lack these. */
export const batchMatMul: Kernel<Factors, BatchMatMulAttrs> = (call) => multiplyBatches(call, undefined);

/** The same with one bias `[n]` for each column and an activation. */
export const fusedMatMul: Kernel<Factors & FusedInputs, BatchMatMulAttrs & FusedAttributes> = (call) =>
	activate(call, multiplyBatches(call, call.inputs.bias));

type Call = KernelCall<Factors, BatchMatMulAttrs>;

function multiplyBatches(call: Call, bias: TensorInfo | undefined): TensorInfo {
	const { tf, backend, inputs, attrs } = call;
	const { a, b } = inputs;
	if (a.dtype !== "float32" || b.dtype !== "float32") {
		throw new Error(`product of ${a.dtype} and ${b.dtype}: the wasm backend multiplies float32 only`);
	}
	const [m, depth] = extents(a, attrs.transposeA);
	const [depthOfB, n] = extents(b, attrs.transposeB);
	const batchA = sizeOf(a.shape.slice(0, -2));
	const batchB = sizeOf(b.shape.slice(0, -2));
	const batchShape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
	const batch = sizeOf(batchShape);
	if (depth !== depthOfB || [batchA, batchB].some((size) => size !== batch && size !== 1)) {
		throw new Error(`matrices of shapes [${a.shape.join()}] and [${b.shape.join()}] cannot be multiplied`);
	}
	const out = backend.makeOutput([...batchShape, m, n], "float32");
	const [startA, startB, startC] = [a, b, out].map((tensor) => addressOf(backend, tensor)) as [
		Address,
		Address,
		Address,
	];
	for (let i = 0; i < batch; i++) {
		multiply(call, bias, {
			a: startA + (batchA === 1 ? 0 : i * m * depth * 4),
			b: startB + (batchB === 1 ? 0 : i * depth * n * 4),
			c: startC + i * m * n * 4,
			m,
			n,
			depth,
		});
	}
	return out;
}

function extents({ shape }: TensorInfo, transposed: boolean): [rows: number, columns: number] {
	const [rows, columns] = shape.slice(-2) as [number, number];
	return transposed ? [columns, rows] : [rows, columns];
}

/** One product C `[m, n]`, with `depth` terms in each sum. */
interface Product {
	readonly a: Address;
	readonly b: Address;
	readonly c: Address;
	readonly m: number;
	readonly n: number;
	readonly depth: number;
}

function multiply(call: Call, bias: TensorInfo | undefined, product: Product): void {
	const { m, n, depth } = product;
	const { transposeA, transposeB } = call.attrs;
	if (m * n === 0) return;
	if (depth === 0) repeatBias(call, product, bias);
	else if (transposeA && !transposeB && bias === undefined) multiplyColumns(call, product);
	// The operand that is packed should be the smaller one.
	else if (!transposeA && transposeB && m < n && bias === undefined) multiplySwapped(call, product);
	else multiplyRows(call, product, bias);
}

/** C where there is nothing to add up. */
function repeatBias({ backend }: Call, { c, m, n }: Product, bias: TensorInfo | undefined): void {
	const rows = new Float32Array(backend.wasm.asm.memory.buffer, c, m * n).fill(0);
	if (bias === undefined) return;
	for (let row = 0; row < m; row++) rows.set(backend.typedArrayFromHeap(bias), row * n);
}

/** C = AB or ABᵀ by rows of A; a transposed A is first stored the other way round. */
function multiplyRows(call: Call, { a, b, c, m, n, depth }: Product, bias: TensorInfo | undefined): void {
	const { backend, simd, workspace, attrs } = call;
	const sizes = [panelBytes(depth, n), biasBytes(n), tileBytes, attrs.transposeA ? m * depth * 4 : 0];
	const [panels, start, tile, rows] = workspace.reserve(...sizes) as [Address, Address, Address, Address];
	if (attrs.transposeA) simd.transpose(a, depth, m, m * 4, rows);
	if (attrs.transposeB) simd.packPanels(b, depth, 4, n, depth * 4, panels);
	else simd.packPanels(b, depth, n * 4, n, 4, panels);
	writeBias(backend, bias, { at: start, length: n });
	simd.rowProduct(attrs.transposeA ? rows : a, m, depth * 4, depth, panels, n, start, c, n * 4, false, tile);
}

/** C = ABᵀ as the transpose of BAᵀ. */
function multiplySwapped(call: Call, { a, b, c, m, n, depth }: Product): void {
	const { backend, simd, workspace } = call;
	const sizes = [panelBytes(depth, m), biasBytes(m), tileBytes];
	const [panels, start, tile] = workspace.reserve(...sizes) as [Address, Address, Address];
	simd.packPanels(a, depth, 4, m, depth * 4, panels);
	writeBias(backend, undefined, { at: start, length: m });
	simd.rowProduct(b, n, depth * 4, depth, panels, m, start, c, n * 4, true, tile);
}

/** C = AᵀB by columns of A. */
function multiplyColumns({ simd, workspace }: Call, { a, b, c, m, n, depth }: Product): void {
	const [panels, tile] = workspace.reserve(panelBytes(depth, n), tileBytes) as [Address, Address];
	simd.packPanels(b, depth, n * 4, n, 4, panels);
	simd.columnProduct(a, depth, m, panels, n, c, tile);
}

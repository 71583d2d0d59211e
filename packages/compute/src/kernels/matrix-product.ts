import type { BatchMatMulAttrs, TensorInfo } from "@tensorflow/tfjs";
import { activate, type FusedAttributes, type FusedInputs } from "./fused-activation.ts";
import { biasOperand } from "./fused-bias.ts";
import { type Kernel, type KernelCall, runRoutine } from "./kernel.ts";
import { matrixProduct } from "./matrix-product-routine.ts";
import { sizeOf } from "./wasm-backend.ts";

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

function multiplyBatches(
	call: KernelCall<Factors, BatchMatMulAttrs>,
	bias: TensorInfo | undefined,
): TensorInfo {
	const { a, b } = call.inputs;
	const { transposeA, transposeB } = call.attrs;
	if (a.dtype !== "float32" || b.dtype !== "float32") {
		throw new Error(`product of ${a.dtype} and ${b.dtype}: the wasm backend multiplies float32 only`);
	}
	const [m, depth] = extents(a, transposeA);
	const [depthOfB, n] = extents(b, transposeB);
	const [leadingA, leadingB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
	const [batchA, batchB] = [sizeOf(leadingA), sizeOf(leadingB)];
	const batchShape = call.tf.broadcast_util.assertAndGetBroadcastShape(leadingA, leadingB);
	const batch = sizeOf(batchShape);
	if (depth !== depthOfB || [batchA, batchB].some((size) => size !== batch && size !== 1)) {
		throw new Error(`matrices of shapes [${a.shape.join()}] and [${b.shape.join()}] cannot be multiplied`);
	}
	const product = matrixProduct({
		batch,
		m,
		n,
		depth,
		transposeA,
		transposeB,
		repeatsA: batchA === 1,
		repeatsB: batchB === 1,
		bias: bias !== undefined,
	});
	return runRoutine(call, product, [a, b, ...biasOperand(bias, n)], [...batchShape, m, n]);
}

function extents({ shape }: TensorInfo, transposed: boolean): [rows: number, columns: number] {
	const [rows, columns] = shape.slice(-2) as [number, number];
	return transposed ? [columns, rows] : [rows, columns];
}

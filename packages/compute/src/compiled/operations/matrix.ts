import type { BatchMatMulAttrs } from "@tensorflow/tfjs";
import { channelSumsRoutine } from "../../kernels/channel-sums-routine.ts";
import { matrixProduct } from "../../kernels/matrix-product-routine.ts";
import { sizeOf } from "../../kernels/wasm-backend.ts";
import { longProduct } from "../long-product.ts";
import { inputOf, type TracedTensor } from "../traced-graph.ts";
import { type Lowering, type LoweringContext, NotLowered, type Operation } from "./operation.ts";
import { uniformValue } from "./uniform.ts";

/** x W + b, the dense layer's kernel. */
export const affine: Operation = {
	shape: ({ inputs: { x, weight } }) => [x?.shape[0] ?? 0, weight?.shape[1] ?? 0],
	lower(node, { products }) {
		const [x, weight, bias] = ["x", "weight", "bias"].map((name) => inputOf(node, name)) as [
			TracedTensor,
			TracedTensor,
			TracedTensor,
		];
		const [m = 0, depth = 0] = x.shape;
		const n = weight.shape[1] ?? 0;
		const plain = { m, n, depth, transposeA: false, transposeB: false };
		return {
			routine:
				products?.product({ ...plain, plus: "bias" }) ??
				matrixProduct({ ...plain, batch: 1, repeatsA: false, repeatsB: false, bias: true }),
			operands: [x, weight, bias],
		};
	},
};

/** Products of matrices, one for each index of the leading dimensions; one factor may lack these. */
export const batchMatMul: Operation = {
	shape({ inputs: { a, b }, attributes }, tf) {
		const { transposeA, transposeB } = attributes as unknown as BatchMatMulAttrs;
		const [shapeA, shapeB] = [a?.shape ?? [], b?.shape ?? []];
		const leading = tf.broadcast_util.assertAndGetBroadcastShape(shapeA.slice(0, -2), shapeB.slice(0, -2));
		return [...leading, shapeA.at(transposeA ? -1 : -2) as number, shapeB.at(transposeB ? -2 : -1) as number];
	},
	lower(node, context) {
		const [a, b] = [inputOf(node, "a"), inputOf(node, "b")];
		const { transposeA, transposeB } = node.attributes as unknown as BatchMatMulAttrs;
		const [m, n] = node.output.shape.slice(-2) as [number, number];
		const depth = a.shape.at(transposeA ? -2 : -1) as number;
		const batch = sizeOf(node.output.shape.slice(0, -2));
		const [batchA, batchB] = [a, b].map(({ shape }) => sizeOf(shape.slice(0, -2))) as [number, number];
		if ([batchA, batchB].some((size) => size !== 1 && size !== batch)) {
			throw new NotLowered("BatchMatMul that broadcasts over some of several dimensions");
		}
		if (m === 1 && uniformValue(a) === 1 && !transposeB) {
			return { routine: channelSumsRoutine(batch, depth, n), operands: [b] };
		}
		const product = { batch, m, n, depth, transposeA, transposeB };
		const repeats = { repeatsA: batchA === 1 && batch > 1, repeatsB: batchB === 1 && batch > 1 };
		return productOf({ a, b, product: { ...product, ...repeats } }, context);
	},
};

function productOf(
	{
		a,
		b,
		product,
	}: {
		readonly a: TracedTensor;
		readonly b: TracedTensor;
		readonly product: Omit<Parameters<typeof matrixProduct>[0], "bias">;
	},
	{ products }: LoweringContext,
): Lowering {
	const { batch, transposeA, transposeB, repeatsA, repeatsB } = product;
	const routine = () => {
		if (products === undefined || repeatsA || repeatsB) return matrixProduct({ ...product, bias: false });
		if (batch === 1 && transposeA && !transposeB) return longProduct(products, product);
		return products.product(product);
	};
	return { routine: routine(), operands: [a, b] };
}

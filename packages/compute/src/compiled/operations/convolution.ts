import { convolutionFilterGradient as filterGradient } from "../../kernels/convolution-filter-gradient-routine.ts";
import { convolutionInputGradient as inputGradient } from "../../kernels/convolution-input-gradient-routine.ts";
import { convolution } from "../../kernels/convolution-routine.ts";
import {
	type ConvolutionAttributes,
	type ConvolutionShape,
	convolutionShape,
} from "../../kernels/convolution-shape.ts";
import { inputOf, type TracedNode } from "../traced-graph.ts";
import {
	unfoldedConvolution,
	unfoldedFilterGradient,
	unfoldedInputGradient,
} from "../unfolded-convolution.ts";
import { type KernelCall, type LoweringContext, NotLowered, type Operation } from "./operation.ts";

function shapeOf(
	{ attributes }: KernelCall,
	shapes: { readonly x: readonly number[]; readonly filter: readonly number[] },
	tf: LoweringContext["tf"],
): ConvolutionShape {
	return convolutionShape(tf, attributes as unknown as ConvolutionAttributes, shapes);
}

/** Native products take windows without gaps; the others stay with the SIMD functions. */
function productsFor(shape: ConvolutionShape, { products }: LoweringContext) {
	return shape.dilationHeight === 1 && shape.dilationWidth === 1 ? products : undefined;
}

/** A convolution, with a bias if there is one. */
export const conv2d: Operation = {
	shape: (call, tf) => {
		const { x, filter } = call.inputs;
		return shapeOf(call, { x: x?.shape ?? [], filter: filter?.shape ?? [] }, tf).outShape;
	},
	lower(node, context) {
		if ((node.attributes["activation"] ?? "linear") !== "linear") {
			throw new NotLowered(`FusedConv2D with the activation ${String(node.attributes["activation"])}`);
		}
		const [x, filter] = [inputOf(node, "x"), inputOf(node, "filter")];
		const bias = node.inputs["bias"];
		const shape = shapeOf(node, { x: x.shape, filter: filter.shape }, context.tf);
		const products = productsFor(shape, context);
		return {
			routine:
				products === undefined
					? convolution(shape, bias !== undefined)
					: unfoldedConvolution(products, shape, bias !== undefined),
			operands: bias === undefined ? [x, filter] : [x, filter, bias],
		};
	},
};

const extents = (node: KernelCall, name: string) => node.attributes[name] as readonly number[];

export const convolutionFilterGradient: Operation = {
	shape: (call) => extents(call, "filterShape"),
	lower(node: TracedNode, context) {
		const [x, dy] = [inputOf(node, "x"), inputOf(node, "dy")];
		const shape = shapeOf(node, { x: x.shape, filter: extents(node, "filterShape") }, context.tf);
		const products = productsFor(shape, context);
		return {
			routine: products === undefined ? filterGradient(shape) : unfoldedFilterGradient(products, shape),
			operands: [x, dy],
		};
	},
};

export const convolutionInputGradient: Operation = {
	shape: (call) => extents(call, "inputShape"),
	lower(node, context) {
		const [dy, filter] = [inputOf(node, "dy"), inputOf(node, "filter")];
		const shape = shapeOf(node, { x: extents(node, "inputShape"), filter: filter.shape }, context.tf);
		const products = productsFor(shape, context);
		return {
			routine: products === undefined ? inputGradient(shape) : unfoldedInputGradient(products, shape),
			operands: [dy, filter],
		};
	},
};

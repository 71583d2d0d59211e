import {
	causalSoftmaxRoutine,
	softmaxGradientRoutine,
	swapMiddleRoutine,
} from "../../kernels/attention-routine.ts";
import {
	layerNormGradientRoutine,
	layerNormRoutine,
	layerNormScaleGradientRoutine,
} from "../../kernels/layer-norm-routine.ts";
import { inputOf, type TracedNode, type TracedTensor } from "../traced-graph.ts";
import { NotLowered, type Operation } from "./operation.ts";

/** Number of rows and their length, the last dimension. */
function rowsOf({ value, shape }: TracedTensor): readonly [rows: number, columns: number] {
	const columns = shape.at(-1) ?? 1;
	return [value.size / columns, columns];
}

const shapeOf =
	(name: string): Operation["shape"] =>
	({ inputs }) =>
		inputs[name]?.shape ?? [];

const operandsOf = (node: TracedNode, ...names: string[]) => names.map((name) => inputOf(node, name));

export const causalSoftmax: Operation = {
	shape: shapeOf("x"),
	lower(node) {
		const [asking = 1, positions = 1] = node.output.shape.slice(-2);
		const batch = node.output.value.size / (asking * positions);
		return {
			routine: causalSoftmaxRoutine(batch, asking, positions),
			operands: operandsOf(node, "x"),
			inPlace: [0],
		};
	},
};

export const softmaxGradient: Operation = {
	shape: shapeOf("dy"),
	lower: (node) => ({
		routine: softmaxGradientRoutine(...rowsOf(node.output)),
		operands: operandsOf(node, "y", "dy"),
		inPlace: [1],
	}),
};

/** Only the exchange of the middle two of four dimensions. */
export const transpose: Operation = {
	shape: ({ inputs: { x }, attributes }) =>
		(attributes["perm"] as readonly number[]).map((index) => x?.shape[index] ?? 1),
	lower(node) {
		const x = inputOf(node, "x");
		const perm = node.attributes["perm"] as readonly number[];
		if (perm.join() !== "0,2,1,3") throw new NotLowered(`Transpose to the order ${perm.join()}`);
		return { routine: swapMiddleRoutine(x.shape), operands: [x] };
	},
};

export const layerNorm: Operation = {
	shape: shapeOf("x"),
	lower: (node) => ({
		routine: layerNormRoutine(...rowsOf(node.output)),
		operands: operandsOf(node, "x", "scale", "shift"),
		inPlace: [0],
	}),
};

export const layerNormGradient: Operation = {
	shape: shapeOf("x"),
	lower: (node) => ({
		routine: layerNormGradientRoutine(...rowsOf(node.output)),
		operands: operandsOf(node, "x", "dy", "scale"),
		inPlace: [1],
	}),
};

export const layerNormScaleGradient: Operation = {
	shape: ({ inputs: { x } }) => [x?.shape.at(-1) ?? 1],
	lower(node) {
		const operands = operandsOf(node, "x", "dy");
		return { routine: layerNormScaleGradientRoutine(...rowsOf(inputOf(node, "x"))), operands };
	},
};

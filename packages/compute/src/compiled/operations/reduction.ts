import type { SumAttrs } from "@tensorflow/tfjs";
import { reduction } from "../../kernels/reduction-routine.ts";
import { inputOf } from "../traced-graph.ts";
import type { Operation } from "./operation.ts";

/** A sum or a mean over some dimensions. */
function reduce(mean: boolean): Operation {
	return {
		shape({ inputs: { x }, attributes }, tf) {
			const { axis, keepDims } = attributes as unknown as SumAttrs;
			const shape = x?.shape ?? [];
			const axes = tf.util.parseAxisParam(axis, [...shape]);
			return shape.flatMap((extent, index) => (axes.includes(index) ? (keepDims ? [1] : []) : [extent]));
		},
		lower(node, { tf }) {
			const x = inputOf(node, "x");
			const { axis } = node.attributes as unknown as SumAttrs;
			const axes = tf.util.parseAxisParam(axis, [...x.shape]);
			return { routine: reduction({ shape: x.shape, axes, mean }), operands: [x] };
		},
	};
}

export const sum = reduce(false);
export const mean = reduce(true);

import { channelProductsRoutine } from "../../kernels/channel-sums-routine.ts";
import { scaleAndShiftRoutine, standardizeGradientRoutine } from "../../kernels/standardize-routine.ts";
import { inputOf, type TracedTensor } from "../traced-graph.ts";
import type { Operation } from "./operation.ts";

function extentsOf({ shape }: TracedTensor): readonly [blocks: number, rows: number, channels: number] {
	const [blocks = 1, rows = 1, channels = 1] = shape;
	return [blocks, rows, channels];
}

/** Sums over rows of products. */
export const channelProducts: Operation = {
	shape: ({ inputs: { a } }) => [a?.shape[0] ?? 1, 1, a?.shape[2] ?? 1],
	lower(node) {
		const operands = [inputOf(node, "a"), inputOf(node, "b")] as const;
		return { routine: channelProductsRoutine(...extentsOf(operands[0])), operands };
	},
};

/** x scale + shift. */
export const scaleAndShift: Operation = {
	shape: ({ inputs: { x } }) => x?.shape ?? [],
	lower(node) {
		const operands = ["x", "scale", "shift"].map((name) => inputOf(node, name));
		return { routine: scaleAndShiftRoutine(...extentsOf(node.output)), operands, inPlace: [0] };
	},
};

/** dy steepness - centred pull - offset. */
export const standardizeGradient: Operation = {
	shape: ({ inputs: { dy } }) => dy?.shape ?? [],
	lower(node) {
		const operands = ["dy", "centred", "steepness", "pull", "offset"].map((name) => inputOf(node, name));
		return { routine: standardizeGradientRoutine(...extentsOf(node.output)), operands, inPlace: [0, 1] };
	},
};

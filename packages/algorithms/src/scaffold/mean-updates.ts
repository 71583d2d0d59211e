import { type Fold, type Vector, type WeightedSum, weightedMean } from "@fl-sim/core";

/** What a client of SCAFFOLD sends. */
export interface ScaffoldUpdate {
	/** y_i - x, `[d]`. */
	readonly delta: Vector;
	/** c_i+ - c_i, `[d]`. */
	readonly controlDelta: Vector;
}

export interface MeanScaffoldUpdate extends ScaffoldUpdate {
	/** |S|, clients that answered. */
	readonly count: number;
}

const deltas = weightedMean<ScaffoldUpdate>(
	(up) => up.delta,
	() => 1,
);
const controlDeltas = weightedMean<ScaffoldUpdate>(
	(up) => up.controlDelta,
	() => 1,
);

interface UpdateSum {
	readonly deltas: WeightedSum;
	readonly controlDeltas: WeightedSum;
}

/** The plain means of both vectors over the clients that answered. */
export const meanUpdates: Required<Fold<ScaffoldUpdate, UpdateSum, MeanScaffoldUpdate>> = {
	leaf: (up, client) => ({
		deltas: deltas.leaf(up, client),
		controlDeltas: controlDeltas.leaf(up, client),
	}),
	merge: (left, right) => ({
		deltas: deltas.merge(left.deltas, right.deltas),
		controlDeltas: controlDeltas.merge(left.controlDeltas, right.controlDeltas),
	}),
	mergeLeaf: (left, up, client) => ({
		deltas: deltas.mergeLeaf(left.deltas, up, client),
		controlDeltas: controlDeltas.mergeLeaf(left.controlDeltas, up, client),
	}),
	finish(total) {
		const { mean, count } = deltas.finish(total.deltas);
		return { delta: mean, controlDelta: controlDeltas.finish(total.controlDeltas).mean, count };
	},
};

import { type Fold, type Vector, type WeightedSum, weightedMean } from "@fl-sim/core";

/** What a client of FedNova sends. */
export interface NormalizedUpdate {
	/** (y_i - x) / ||a_i||_1, `[d]`. */
	readonly direction: Vector;
	/** This client's term of tau_eff. */
	readonly effectiveSteps: number;
	/** Weight of both. */
	readonly numExamples: number;
}

export interface NormalizedMean {
	/** Sum of p_i d_i, `[d]`. */
	readonly direction: Vector;
	/** Sum of p_i tau_i: tau_eff. */
	readonly effectiveSteps: number;
}

const directions = weightedMean<NormalizedUpdate>(
	(up) => up.direction,
	(up) => up.numExamples,
);

interface NormalizedSum {
	readonly directions: WeightedSum;
	readonly effectiveSteps: number;
}

/** The means of directions and of effective steps, both weighted by numbers of examples. */
export const normalizedMean: Fold<NormalizedUpdate, NormalizedSum, NormalizedMean> = {
	leaf: (up, client) => ({
		directions: directions.leaf(up, client),
		effectiveSteps: up.numExamples * up.effectiveSteps,
	}),
	merge: (left, right) => ({
		directions: directions.merge(left.directions, right.directions),
		effectiveSteps: left.effectiveSteps + right.effectiveSteps,
	}),
	mergeLeaf: (left, up, client) => ({
		directions: directions.mergeLeaf(left.directions, up, client),
		effectiveSteps: left.effectiveSteps + up.numExamples * up.effectiveSteps,
	}),
	finish(total) {
		const { mean, totalWeight } = directions.finish(total.directions);
		return { direction: mean, effectiveSteps: total.effectiveSteps / totalWeight };
	},
};

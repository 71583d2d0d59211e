import type { Vector } from "./vector.ts";

/**
 * Aggregation that can be cut anywhere: leaves are made from single uploads, merged in pairs, finished once.
 * The engine merges along one canonical tree, so the result never depends on who merges or on who came first.
 */
export interface Fold<Up, Partial, Aggregate> {
	/** The partial aggregate of one upload. Must not keep a reference to the upload's memory. */
	leaf(up: Up, client: number): Partial;
	/** Combines two neighbours of the tree, `left` having the lower cohort slots. May reuse `left`'s memory. */
	merge(left: Partial, right: Partial): Partial;
	finish(total: Partial): Aggregate;
}

export interface WeightedSum {
	readonly sum: Float64Array;
	readonly weight: number;
	readonly count: number;
}

export interface WeightedMean {
	/** Sum of w_i x_i / sum of w_i, `[d]`. */
	readonly mean: Vector;
	readonly totalWeight: number;
	/** Number of uploads folded. */
	readonly count: number;
}

/** The weighted mean of one vector field, accumulated in float64. Weights must be positive. */
export function weightedMean<Up>(
	vectorOf: (up: Up) => Vector,
	weightOf: (up: Up) => number,
): Fold<Up, WeightedSum, WeightedMean> {
	return {
		leaf(up) {
			const weight = weightOf(up);
			const values = vectorOf(up);
			const sum = new Float64Array(values.length);
			for (let i = 0; i < values.length; i++) sum[i] = weight * (values[i] as number);
			return { sum, weight, count: 1 };
		},
		merge(left, right) {
			const { sum } = left;
			for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (right.sum[i] as number);
			return { sum, weight: left.weight + right.weight, count: left.count + right.count };
		},
		finish({ sum, weight, count }) {
			const mean = new Float32Array(sum.length);
			for (let i = 0; i < sum.length; i++) mean[i] = (sum[i] as number) / weight;
			return { mean, totalWeight: weight, count };
		},
	};
}

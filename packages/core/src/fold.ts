import { threadSums } from "./simd-sums.ts";
import type { Vector } from "./vector.ts";

/**
 * Aggregation that can be cut anywhere: leaves are made from single uploads, merged in pairs, finished once.
 * The engine merges along one canonical tree, so the result never depends on who merges or on who came first.
 * A partial aggregate is used once: `merge` and `finish` may reuse the memory of what they are given.
 */
export interface Fold<Up, Partial, Aggregate> {
	/** The partial aggregate of one upload. Must not keep a reference to the upload's memory. */
	leaf(up: Up, client: number): Partial;
	/** Combines two neighbours of the tree, `left` having the lower cohort slots. */
	merge(left: Partial, right: Partial): Partial;
	/** The same bits as `merge(left, leaf(up, client))`, for folds that need not make the leaf for it. */
	mergeLeaf?(left: Partial, up: Up, client: number): Partial;
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

/** A fold that can merge uploads without making their leaves. */
type LeafMergingFold<Up, Partial, Aggregate> = Required<Fold<Up, Partial, Aggregate>>;

/** The weighted mean of one vector field, accumulated in float64. Weights must be positive. */
export function weightedMean<Up>(
	vectorOf: (up: Up) => Vector,
	weightOf: (up: Up) => number,
): LeafMergingFold<Up, WeightedSum, WeightedMean> {
	return {
		leaf(up) {
			const weight = weightOf(up);
			return { sum: threadSums().scaled(weight, vectorOf(up)), weight, count: 1 };
		},
		merge(left, right) {
			threadSums().add(left.sum, right.sum);
			return { sum: left.sum, weight: left.weight + right.weight, count: left.count + right.count };
		},
		mergeLeaf({ sum, weight, count }, up) {
			const added = weightOf(up);
			threadSums().addScaled(sum, added, vectorOf(up));
			return { sum, weight: weight + added, count: count + 1 };
		},
		finish({ sum, weight, count }) {
			return { mean: threadSums().divided(sum, weight), totalWeight: weight, count };
		},
	};
}

import type { Fold } from "@fl-sim/core";

/** A fold whose leaves may come in any order and whose result does not depend on it. */
export interface CanonicalFold<Up, Aggregate> {
	/** The upload of the client in cohort slot `slot`. Each slot is added or skipped once. */
	add(slot: number, up: Up, client: number): void;
	/** The client in this slot was lost. */
	skip(slot: number): void;
	/** Call when every slot was added or skipped; undefined when all were skipped. */
	finish(): Aggregate | undefined;
}

/**
 * Folds along the canonical binary tree over the cohort's slots: a node of level l covers 2^l neighbouring
 * slots, and floating-point sums are formed in that order, whoever answers first. Partial aggregates are merged
 * as soon as both halves are there: answers in slot order leave at most log2(n) of them, and answers that are k
 * slots out of order at most k more.
 */
export function canonicalFold<Up, Partial, Aggregate>(
	fold: Fold<Up, Partial, Aggregate>,
	numSlots: number,
): CanonicalFold<Up, Aggregate> {
	const waiting = new Map<number, Partial | undefined>();
	let root: Partial | undefined;

	function settle(level: number, index: number, partial: Partial | undefined): void {
		if (2 ** level >= numSlots) {
			root = partial;
			return;
		}
		const sibling = index ^ 1;
		const isEmpty = sibling * 2 ** level >= numSlots;
		const siblingKey = keyOf(level, sibling);
		if (!isEmpty && !waiting.has(siblingKey)) {
			waiting.set(keyOf(level, index), partial);
			return;
		}
		const other = waiting.get(siblingKey);
		waiting.delete(siblingKey);
		const merged = index < sibling ? mergeOptional(partial, other) : mergeOptional(other, partial);
		settle(level + 1, index >> 1, merged);
	}

	function mergeOptional(left: Partial | undefined, right: Partial | undefined): Partial | undefined {
		if (left === undefined) return right;
		return right === undefined ? left : fold.merge(left, right);
	}

	function add(slot: number, up: Up, client: number): void {
		const leftKey = keyOf(0, slot - 1);
		const left = slot % 2 === 1 ? waiting.get(leftKey) : undefined;
		if (left === undefined || fold.mergeLeaf === undefined) {
			settle(0, slot, fold.leaf(up, client));
			return;
		}
		waiting.delete(leftKey);
		settle(1, slot >> 1, fold.mergeLeaf(left, up, client));
	}

	return {
		add,
		skip: (slot) => settle(0, slot, undefined),
		finish: () => (root === undefined ? undefined : fold.finish(root)),
	};
}

const maxLevels = 64;

/** A number for each node of the tree. */
function keyOf(level: number, index: number): number {
	return index * maxLevels + level;
}

import type { Layout, Vector } from "@fl-sim/core";
import { type BitMask, hasBit } from "../bit-mask/bit-mask.ts";
import { trainedParts } from "../local-training/trained-parts.ts";

/** What one client has sent. */
export interface Contribution {
	readonly client: number;
	/** Its trained model, `[d]`. */
	readonly params: Vector;
	/** Its critical parameters. */
	readonly mask: BitMask;
	readonly numExamples: number;
}

/**
 * The model that a client gets back (equation 7): the plain mean over its collaborators where its parameters are
 * critical, the global model elsewhere, and its own running statistics.
 */
export function mergedModel(
	own: Contribution,
	group: readonly Contribution[],
	global: Vector,
	layout: Layout,
): Vector {
	const merged = own.params.slice();
	let bit = 0;
	for (const { offset, size } of trainedParts(layout)) {
		for (let i = offset; i < offset + size; i++) {
			merged[i] = hasBit(own.mask, bit++) ? meanAt(group, i) : (global[i] as number);
		}
	}
	return merged;
}

function meanAt(group: readonly Contribution[], i: number): number {
	let sum = -0; // which changes no value that is added, not even -0
	for (const { params } of group) sum += params[i] as number;
	return sum / group.length;
}

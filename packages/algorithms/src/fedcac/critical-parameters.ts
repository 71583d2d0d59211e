import { type Layout, partOf, type Vector } from "@fl-sim/core";
import { type BitMask, emptyMask, setBit } from "../bit-mask/bit-mask.ts";
import { trainedParts } from "../local-training/trained-parts.ts";
import { nthLargest } from "../selection/nth-largest.ts";

/** Below these, the authors' code takes a score for 0. */
const negligibleThreshold = 1e-10;
const negligibleScore = 1e-20;

/**
 * Which parameters are critical for a client: in each tensor, the `tau` share whose change in local training, times the
 * value they end with, is largest (equations 2 and 3). One bit for each trained scalar, in layout order. Of a tensor in
 * which nothing moved, all are critical, as in the authors' code.
 */
export function criticalParameters(before: Vector, after: Vector, layout: Layout, tau: number): BitMask {
	const parts = trainedParts(layout);
	const mask = emptyMask(parts.reduce((sum, { size }) => sum + size, 0));
	let offset = 0;
	for (const part of parts) {
		const scores = sensitivity(partOf(before, part), partOf(after, part));
		const threshold = thresholdOf(scores, Math.floor(tau * part.size));
		for (let i = 0; i < part.size; i++) if ((scores[i] as number) >= threshold) setBit(mask, offset + i);
		offset += part.size;
	}
	return mask;
}

/** |(w' - w) w'| for each parameter of a tensor. */
function sensitivity(before: Vector, after: Vector): Float32Array {
	return after.map((value, i) => Math.abs((value - (before[i] as number)) * value));
}

/** The lowest score among the `count` highest; the lowest that is not negligible where that one is. */
function thresholdOf(scores: Float32Array, count: number): number {
	if (count === 0) return Number.POSITIVE_INFINITY;
	const threshold = nthLargest(scores, count);
	if (threshold > negligibleThreshold) return threshold;
	const positive = scores.filter((score) => score > negligibleScore);
	return positive.length === 0 ? threshold : positive.reduce((least, score) => Math.min(least, score));
}

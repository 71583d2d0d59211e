import { type Layout, type Vector } from "@fl-sim/core";
import { trainedParts } from "../local-training/trained-parts.ts";

/** The two models of a client, `[d]` both, and how much of its own one it uses. */
export interface Mixed {
	/** v */
	readonly own: Vector;
	/** w */
	readonly global: Vector;
	readonly alpha: number;
}

/** mixture <- alpha v + (1 - alpha) w on everything that is trained, in place; running statistics are those of v. */
export function mix(mixture: Vector, { own, global, alpha }: Mixed, layout: Layout): void {
	mixture.set(own);
	for (const { offset, size } of trainedParts(layout)) {
		for (let i = offset; i < offset + size; i++) {
			mixture[i] = alpha * (own[i] as number) + (1 - alpha) * (global[i] as number);
		}
	}
}

/** Derivative of the loss of the mixture by alpha, <v - w, g>, for the gradient g at the mixture, `[d]`. */
export function slopeInAlpha({ own, global }: Mixed, gradient: Vector): number {
	let sum = 0;
	for (let i = 0; i < gradient.length; i++) {
		sum += ((own[i] as number) - (global[i] as number)) * (gradient[i] as number);
	}
	return sum;
}

import { distributionOf } from "../federated/skew.ts";

/** Share of each class in a client's examples, `[clients][classes]`, and the share that has the strongest colour. */
export interface ShareScale {
	readonly shares: readonly (readonly number[])[];
	/** 0.01, 0.02, 0.05, 0.1, 0.2, 0.5 or 1: the lowest of these that no share exceeds. */
	readonly top: number;
}

const tops = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

export function shareScaleOf(counts: readonly (readonly number[])[]): ShareScale {
	const shares = counts.map(distributionOf);
	const highest = shares.reduce((high, row) => row.reduce((a, b) => Math.max(a, b), high), 0);
	return { shares, top: tops.find((top) => highest <= top) ?? 1 };
}

/**
 * Position of a share on the colour scale, 0 to 1: the square root of its part of `top`, so that small shares differ
 * visibly from none and from each other.
 */
export function positionOf(share: number, top: number): number {
	return Math.sqrt(share / top);
}

/** The share at a position of the colour scale: the inverse of `positionOf`. */
export function shareAt(position: number, top: number): number {
	return position ** 2 * top;
}

/** `20 %` */
export function percent(share: number): string {
	return `${Number((100 * share).toFixed(1))} %`;
}

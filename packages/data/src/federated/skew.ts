/** Total-variation distance of two distributions: half the sum of |p_k - q_k|, 0 (equal) to 1 (disjoint). */
export function totalVariation(p: ArrayLike<number>, q: ArrayLike<number>): number {
	let sum = 0;
	for (let k = 0; k < p.length; k++) sum += Math.abs((p[k] as number) - (q[k] as number));
	return sum / 2;
}

/** Jensen-Shannon divergence of two distributions in bits, 0 (equal) to 1 (disjoint). */
export function jensenShannon(p: ArrayLike<number>, q: ArrayLike<number>): number {
	let sum = 0;
	for (let k = 0; k < p.length; k++) {
		const middle = ((p[k] as number) + (q[k] as number)) / 2;
		sum += relativeTerm(p[k] as number, middle) + relativeTerm(q[k] as number, middle);
	}
	return Math.max(0, sum / 2);
}

/** exp of the entropy: the number of equally frequent classes with the same entropy, 1 to numClasses. */
export function effectiveClasses(p: ArrayLike<number>): number {
	let entropy = 0;
	for (let k = 0; k < p.length; k++) {
		const share = p[k] as number;
		if (share > 0) entropy -= share * Math.log(share);
	}
	return Math.exp(entropy);
}

/** Gini coefficient of sizes: 0 when all are equal, towards 1 when one client has everything. */
export function gini(sizes: readonly number[]): number {
	const sorted = [...sizes].sort((a, b) => a - b);
	let total = 0;
	let weighted = 0;
	sorted.forEach((size, place) => {
		total += size;
		weighted += (2 * (place + 1) - sorted.length - 1) * size;
	});
	return total === 0 ? 0 : weighted / (sorted.length * total);
}

/** Middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	const upper = sorted[middle] ?? 0;
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** Counts divided by their sum; all 0 when there is nothing. */
export function distributionOf(counts: readonly number[]): number[] {
	const total = counts.reduce((sum, count) => sum + count, 0);
	return total === 0 ? counts.map(() => 0) : counts.map((count) => count / total);
}

function relativeTerm(share: number, middle: number): number {
	return share === 0 ? 0 : share * Math.log2(share / middle);
}

import type { RandomStream } from "./random.ts";

/**
 * Logarithm of a Gamma(shape, 1) draw: Marsaglia and Tsang (2000), with the boost u^(1/shape) for shape < 1
 * taken in log space, where small shapes do not underflow.
 */
export function logGamma(random: RandomStream, shape: number): number {
	if (shape < 1) return logGamma(random, shape + 1) + Math.log(1 - random.uniform()) / shape;
	const d = shape - 1 / 3;
	const c = 1 / Math.sqrt(9 * d);
	for (;;) {
		const x = random.normal();
		const v = (1 + c * x) ** 3;
		if (v <= 0) continue;
		if (Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d * v);
	}
}

/** A Dirichlet draw for the given concentrations, all positive. Sums to 1 and never holds NaN. */
export function dirichlet(random: RandomStream, concentrations: readonly number[]): Float64Array {
	const logs = Float64Array.from(concentrations, (alpha) => logGamma(random, alpha));
	let highest = Number.NEGATIVE_INFINITY;
	for (const value of logs) highest = Math.max(highest, value);
	let total = 0;
	for (let i = 0; i < logs.length; i++) {
		const weight = Math.exp((logs[i] as number) - highest);
		logs[i] = weight;
		total += weight;
	}
	for (let i = 0; i < logs.length; i++) logs[i] = (logs[i] as number) / total;
	return logs;
}

/** A draw from LogNormal(mean of the log, deviation of the log). */
export function logNormal(random: RandomStream, mean: number, deviation: number): number {
	return Math.exp(mean + deviation * random.normal());
}

/** Fisher-Yates, in place; returns `items`. */
export function shuffle<Indices extends Uint32Array | Int32Array>(
	random: RandomStream,
	items: Indices,
): Indices {
	for (let i = items.length - 1; i > 0; i--) {
		const j = random.integer(i + 1);
		const kept = items[i] as number;
		items[i] = items[j] as number;
		items[j] = kept;
	}
	return items;
}

/** `count` distinct integers below `bound`, ascending. Memory grows with `count`, not with `bound`. */
export function sampleWithoutReplacement(random: RandomStream, bound: number, count: number): number[] {
	if (count > bound) throw new RangeError(`${count} of ${bound} without replacement: there are not as many`);
	// Floyd's algorithm: one draw per element and a set of at most `count`.
	const chosen = new Set<number>();
	for (let top = bound - count; top < bound; top++) {
		const drawn = random.integer(top + 1);
		chosen.add(chosen.has(drawn) ? top : drawn);
	}
	return [...chosen].sort((a, b) => a - b);
}

/** Index drawn with probability proportional to `weights`, whose sum must be positive. */
export function categorical(random: RandomStream, weights: ArrayLike<number>): number {
	let total = 0;
	for (let i = 0; i < weights.length; i++) total += weights[i] as number;
	let rest = random.uniform() * total;
	let last = 0;
	for (let i = 0; i < weights.length; i++) {
		const weight = weights[i] as number;
		if (weight <= 0) continue;
		last = i;
		rest -= weight;
		if (rest < 0) return i;
	}
	return last;
}

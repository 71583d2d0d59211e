/** A quantity measured once for each seed. */
export interface Spread {
	/** Seeds that have a value. */
	readonly count: number;
	readonly mean: number;
	/** Standard deviation of a sample, with n - 1 in the denominator; null for a single value. */
	readonly deviation: number | null;
}

/** Mean and standard deviation; null without values. */
export function spreadOf(values: readonly number[]): Spread | null {
	const count = values.length;
	if (count === 0) return null;
	const mean = values.reduce((sum, value) => sum + value, 0) / count;
	const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
	return { count, mean, deviation: count === 1 ? null : Math.sqrt(squares / (count - 1)) };
}

/** What a paired t test tells of two groups. */
export interface PairedTest {
	/** Pairs: seeds that both groups have. */
	readonly pairs: number;
	/** Mean of the differences, second minus first. */
	readonly difference: number;
	/** Two-sided probability of a difference at least as large if there is none, for normal differences. */
	readonly pValue: number;
}

/** Fewer pairs tell nothing about their spread. */
const minimumPairs = 3;

/**
 * Student's paired t test of `[first, second]` values. Undefined with fewer than three pairs, and where all
 * differences are equal and not zero: their spread, by which the test measures, is then zero.
 */
export function pairedTest(pairs: readonly (readonly [number, number])[]): PairedTest | undefined {
	const spread = spreadOf(pairs.map(([first, second]) => second - first));
	if (spread === null || spread.deviation === null || spread.count < minimumPairs) return undefined;
	const { count, mean: difference, deviation } = spread;
	// Differences of the same two numbers may differ in their last bits.
	const isExact = deviation <= 1e-12 * Math.max(1, Math.abs(difference));
	if (isExact) {
		return Math.abs(difference) <= 1e-12 ? { pairs: count, difference: 0, pValue: 1 } : undefined;
	}
	const statistic = difference / (deviation / Math.sqrt(count));
	return { pairs: count, difference, pValue: twoSidedProbability(statistic, count - 1) };
}

/**
 * P(|T| >= |t|) of Student's distribution with a whole number of degrees of freedom: the finite series of
 * Abramowitz and Stegun, 26.7.3 and 26.7.4. Exact to about 1e-15, so that much smaller probabilities are 0.
 */
export function twoSidedProbability(t: number, degreesOfFreedom: number): number {
	const angle = Math.atan(Math.abs(t) / Math.sqrt(degreesOfFreedom));
	const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
	const isOdd = degreesOfFreedom % 2 === 1;
	let term = isOdd ? cosine : 1;
	let sum = degreesOfFreedom === 1 ? 0 : term;
	for (let power = isOdd ? 3 : 2; power <= degreesOfFreedom - 2; power += 2) {
		term *= ((power - 1) / power) * cosine ** 2;
		sum += term;
	}
	const inside = isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
	return Math.min(1, Math.max(0, 1 - inside));
}

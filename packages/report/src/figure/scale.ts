/** A closed interval of numbers, low end first. */
export type Interval = readonly [number, number];

/** Maps `domain` to `range` along a straight line; an empty domain maps to the middle. */
export function linearScale(domain: Interval, range: Interval): (value: number) => number {
	const [low, high] = domain;
	const [from, to] = range;
	if (high === low) return () => (from + to) / 2;
	return (value) => from + ((value - low) / (high - low)) * (to - from);
}

/** Maps `domain`, above 0, to `range` so that equal ratios take equal lengths. */
export function logScale([low, high]: Interval, range: Interval): (value: number) => number {
	const scale = linearScale([Math.log10(low), Math.log10(high)], range);
	return (value) => scale(Math.log10(value));
}

/** 1, 2 and 5 times the powers of ten inside an interval above 0; the powers alone where those are too many. */
export function logTicks([low, high]: Interval, maxTicks: number): number[] {
	const powers: number[] = [];
	for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
		powers.push(power);
	const ticksOf = (factors: readonly number[]) =>
		powers
			.flatMap((power) => factors.map((factor) => clean(factor * 10 ** power)))
			.filter((tick) => tick >= low && tick <= high);
	const fine = ticksOf([1, 2, 5]);
	return fine.length <= maxTicks ? fine : ticksOf([1]);
}

/** Smallest of 1, 2 and 5 times a power of ten with at most `maxTicks` multiples inside the interval. */
function niceStep([low, high]: Interval, maxTicks: number): number {
	const power = 10 ** Math.floor(Math.log10((high - low) / maxTicks));
	const steps = [1, 2, 5, 10, 20].map((factor) => factor * power);
	const fits = (step: number) => lastMultiple(high, step) - firstMultiple(low, step) < maxTicks;
	return steps.find(fits) ?? 50 * power;
}

// A billionth of a step is noise of floats, not a reason to lose a tick.
const firstMultiple = (low: number, step: number): number => Math.ceil(low / step - 1e-9);
const lastMultiple = (high: number, step: number): number => Math.floor(high / step + 1e-9);

/** Twelve digits remove the noise of 3 * 0.1. */
const clean = (value: number): number => Number(value.toPrecision(12));

/** Round numbers inside the interval, at most `maxTicks`, evenly spaced and rising. */
export function niceTicks(domain: Interval, maxTicks: number): number[] {
	const [low, high] = domain;
	if (!Number.isFinite(low) || !Number.isFinite(high) || high <= low) return [low];
	const step = niceStep(domain, maxTicks);
	const first = firstMultiple(low, step);
	return Array.from({ length: lastMultiple(high, step) - first + 1 }, (_, index) =>
		clean((first + index) * step),
	);
}

/** The interval widened to the next ticks on both sides, so that an axis ends on a round number. */
export function niceDomain(domain: Interval, maxTicks: number): Interval {
	const [low, high] = domain;
	if (high <= low) return [low - 0.5, high + 0.5];
	const step = niceStep(domain, maxTicks);
	return [clean(lastMultiple(low, step) * step), clean(firstMultiple(high, step) * step)];
}

/** Smallest interval that holds all finite values; undefined when there is none. */
export function extentOf(values: Iterable<number>): Interval | undefined {
	let low = Number.POSITIVE_INFINITY;
	let high = Number.NEGATIVE_INFINITY;
	for (const value of values) {
		if (!Number.isFinite(value)) continue;
		low = Math.min(low, value);
		high = Math.max(high, value);
	}
	return low <= high ? [low, high] : undefined;
}

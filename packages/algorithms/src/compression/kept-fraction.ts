import { z } from "zod";

export const fractionOption = z
	.number()
	.gt(0)
	.max(1)
	.default(0.1)
	.describe("Share of the values that are sent (k / n)");

/** ceil(fraction n), at least 1 of n > 0. What floating point adds to an integer, as to 0.07 * 100, does not count. */
export function numKept(fraction: number, length: number): number {
	const exact = fraction * length;
	const nearest = Math.round(exact);
	return Math.min(
		length,
		Math.abs(exact - nearest) < 1e-9 * length ? Math.max(nearest, 1) : Math.ceil(exact),
	);
}

import { z } from "zod";

const fraction = z.number().min(0).max(1);

/** How each client's examples are divided into its own training, validation and test sets. */
export const splitOptions = z
	.strictObject({
		train: fraction
			.default(0.8)
			.describe("Fraction of each client's examples for training; at least one example"),
		validation: fraction.default(0).describe("Fraction of each client's examples for validation"),
		test: fraction.default(0.2).describe("Fraction of each client's examples for its own test set"),
	})
	// The slack lets decimal fractions such as 0.7 + 0.1 + 0.2 pass.
	.refine((split) => split.train + split.validation + split.test <= 1 + 1e-9, {
		error: "train, validation and test together may not exceed 1",
	});

export type Split = z.output<typeof splitOptions>;

/** Sizes of a client's three sets. */
export interface SplitCounts {
	readonly train: number;
	readonly validation: number;
	readonly test: number;
}

/**
 * Divides `numExamples` by the fractions, rounding the cumulative sums, so that fractions with sum 1 use every
 * example. Training gets at least one example when there is one.
 */
export function splitCounts(numExamples: number, split: Split): SplitCounts {
	const trainEnd = Math.min(numExamples, Math.max(1, Math.round(numExamples * split.train)));
	const validationEnd = Math.max(trainEnd, Math.round(numExamples * (split.train + split.validation)));
	const testEnd = Math.max(
		validationEnd,
		Math.min(numExamples, Math.round(numExamples * (split.train + split.validation + split.test))),
	);
	return { train: trainEnd, validation: validationEnd - trainEnd, test: testEnd - validationEnd };
}

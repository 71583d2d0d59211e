import { type Examples, FlSimError, randomStream } from "@fl-sim/core";
import type { LoadedData, SourceContext } from "../source.ts";
import { firstExamples, holdOut, spacedExamples } from "./select-examples.ts";

interface Limits {
	readonly limit?: number | undefined;
	readonly testLimit?: number | undefined;
}

/**
 * Applies the limits and checks that both sets have the same shape and classes. Throws FL_DATA_FORMAT when they
 * have not.
 */
export function finishLoading(train: Examples, test: Examples, limits: Limits): LoadedData {
	const [trainShape, testShape] = [train.featureShape.join(", "), test.featureShape.join(", ")];
	if (trainShape !== testShape || train.numClasses !== test.numClasses) {
		throw new FlSimError(
			"FL_DATA_FORMAT",
			`Test examples have the shape [${testShape}] and ${test.numClasses} classes, training examples [${trainShape}] and ${train.numClasses}; both must be the same`,
			{ fix: "Use training and test files of one data set." },
		);
	}
	return { train: firstExamples(train, limits.limit), test: spacedExamples(test, limits.testLimit) };
}

/** As `finishLoading`; without a test set, a part of the examples drawn with the run's seed becomes one. */
export function finishWithHoldOut(
	sets: { readonly train: Examples; readonly test: Examples | undefined },
	options: Limits & { readonly testFraction: number },
	context: SourceContext,
): LoadedData {
	if (sets.test !== undefined) return finishLoading(sets.train, sets.test, options);
	if (sets.train.numExamples < 2) {
		throw new FlSimError("FL_DATA_FORMAT", "One example cannot be divided into a training and a test set", {
			fix: "Give a test file, or more examples.",
		});
	}
	const { train, test } = holdOut(
		sets.train,
		options.testFraction,
		randomStream(context.seed, "central test"),
	);
	return finishLoading(train, test, options);
}

import { type LayoutPart, norm, partOf, subtract, type Vector } from "@fl-sim/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ComputeModel, createModel } from "../model/create-model.ts";
import { compilers, compilingBackend, plainBackend } from "./compiling-backends.fixture.ts";
import {
	type DrawnInput,
	draw,
	type ModelCase,
	modelCases,
	modelNames,
	type StepResult,
	stepInside,
	stepOutside,
} from "./random-models.fixture.ts";

/**
 * Sums in another order differ by some roundings of 6e-8, and the softmax turns a difference of logits, which are
 * around 10, into a relative one of the gradient: 7e-6 was the largest of hundreds. One wrong value in a thousand
 * would make 3e-2.
 */
const usualTolerance = 3e-5;

/**
 * Batch statistics of a few values that lie close together divide by little more than the root of epsilon, 3e-3,
 * which makes roundings several hundred times as large.
 */
const fewValuesTolerance = 1e-2;
const fewValues = 16;

function toleranceOf({ options, featureShape, batchSize }: ModelCase): number {
	if (options.name !== "resnet8" || options.norm !== "batch") return usualTolerance;
	const [height = 1, width = 1] = featureShape;
	return Math.ceil(height / 4) * Math.ceil(width / 4) * batchSize < fewValues
		? fewValuesTolerance
		: usualTolerance;
}

function relativeError(found: Vector, expected: Vector): number {
	return norm(subtract(found, expected)) / Math.max(norm(expected), 1e-6);
}

function buffersOf(parts: readonly LayoutPart[], params: Vector): Vector {
	return Float32Array.from(
		parts.filter(({ kind }) => kind === "buffer").flatMap((part) => [...partOf(params, part)]),
	);
}

/** Expects equal results but for the gradient, whose relative error it returns. */
function gradientError(compiled: ComputeModel, plain: ComputeModel, input: DrawnInput): number {
	const expected = stepOutside(plain, input);
	const found: StepResult = stepOutside(compiled, input);
	expect(stepInside(compiled, input), "gives the same bits in a workspace").toEqual(found);
	const { lossSum } = expected.evaluation;
	expect(Math.abs(found.loss - expected.loss)).toBeLessThan(usualTolerance * (1 + expected.loss));
	expect(Math.abs(found.evaluation.lossSum - lossSum)).toBeLessThan(
		usualTolerance * (expected.evaluation.numExamples + lossSum),
	);
	expect(found.evaluation.numExamples).toBe(input.batch.size);
	const [buffers, expectedBuffers] = [found, expected].map(({ params }) =>
		buffersOf(plain.layout.parts, params),
	) as [Vector, Vector];
	expect(relativeError(buffers, expectedBuffers)).toBeLessThan(usualTolerance);
	for (const part of plain.layout.parts) {
		if (part.kind === "buffer") expect(partOf(found.gradient, part).every((value) => value === 0)).toBe(true);
		else expect(partOf(found.params, part)).toEqual(partOf(input.params, part));
	}
	return relativeError(found.gradient, expected.gradient);
}

describe.each(compilers)("on $name", ({ products, missing }) => {
	test.skipIf(missing).each(modelNames)("a compiled step of %s agrees with TensorFlow.js", (name) => {
		const backend = compilingBackend(products);
		fc.assert(
			fc.property(modelCases(name), fc.nat(), (example, seed) => {
				const { options, featureShape, numClasses, batchSize } = example;
				const plain = createModel(plainBackend(), options, featureShape, numClasses);
				const compiled = createModel(backend, options, featureShape, numClasses);
				expect(compiled.whyNotCompiled("training", batchSize)).toBeUndefined();
				expect(compiled.whyNotCompiled("evaluation", batchSize)).toBeUndefined();
				// A value within a rounding of a kink of ReLU, or of another one in its pooling window, may fall on either
				// side, which shows in the gradient. That this happens in two independent draws is next to impossible.
				const errorOf = (drawn: number) =>
					gradientError(compiled, plain, draw(example, plain, 2 * seed + drawn));
				const tolerance = toleranceOf(example);
				const error = errorOf(0);
				expect(error < tolerance ? error : errorOf(1)).toBeLessThan(tolerance);
			}),
			// A smaller case would be found in minutes only.
			{ numRuns: 5, endOnFailure: true },
		);
	});
});

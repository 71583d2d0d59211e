import { type Batch, norm, randomStream, subtract, zeros } from "@fl-sim/core";
import { describe, expect, test } from "vitest";
import { buildNetwork } from "../models/build-network.ts";
import { modelOptions } from "../models/registry.ts";
import { createModel } from "./create-model.ts";
import { gradientError } from "./gradient-check.fixture.ts";
import { loadedBackends } from "./loaded-backends.fixture.ts";
import { disturbed, randomBatch } from "./random-batch.fixture.ts";

const numClasses = 3;

/** Every model at the smallest shape that exercises all of its layers. */
const cases = [
	{ options: { name: "softmax" }, featureShape: [7] },
	{ options: { name: "mlp", hidden: [6, 5] }, featureShape: [2, 4] },
	{ options: { name: "lenet5" }, featureShape: [12, 12, 1] },
	{ options: { name: "lenet5", activation: "tanh", pooling: "average" }, featureShape: [12, 12, 1] },
	{ options: { name: "mcmahan-cnn" }, featureShape: [4, 4, 1] },
	{ options: { name: "resnet8", groups: 2 }, featureShape: [4, 4, 2] },
	{ options: { name: "resnet8", norm: "batch" }, featureShape: [4, 4, 2] },
	{ options: { name: "transformer", width: 6, blocks: 2, heads: 2 }, featureShape: [5, 4] },
].map(({ options, featureShape }) => ({
	title: Object.values(options).flat().join(" "),
	options: modelOptions.parse(options),
	featureShape,
	batch: randomBatch(3, featureShape, numClasses),
}));

describe.each(loadedBackends)("on $name", (backend) => {
	const modelOf = ({ options, featureShape }: (typeof cases)[number]) =>
		createModel(backend, options, featureShape, numClasses);

	test.each(cases)("$title has the gradient that differences show", async (example) => {
		await backend.tf.setBackend(backend.name);
		const { featureShape, options, batch } = example;
		const params = disturbed(modelOf(example).init(randomStream(4)));
		const network = { ...buildNetwork(options, featureShape, numClasses), tf: backend.tf, featureShape };
		expect(gradientError(network, params, batch)).toBeLessThan(1e-3);
	});

	// ReLU's kinks within the step disturb the differences of a deep network, for some parameters beyond the limit:
	// with a smooth activation in its place the whole composition is checked, whatever the parameters.
	test.each([1, 2, 3, 4, 5])(
		"resnet8 with 8 groups, smoothed, has the gradient from start %i",
		async (seed) => {
			await backend.tf.setBackend(backend.name);
			const featureShape = [4, 4, 2];
			const options = modelOptions.parse({ name: "resnet8" });
			const model = createModel(backend, options, featureShape, numClasses);
			const smoothed = { ...backend.tf, relu: backend.tf.softplus } as typeof backend.tf;
			const network = { ...buildNetwork(options, featureShape, numClasses), tf: smoothed, featureShape };
			const params = disturbed(model.init(randomStream(seed)));
			expect(gradientError(network, params, randomBatch(3, featureShape, numClasses), 3e-3)).toBeLessThan(
				1e-3,
			);
		},
	);

	test.each(cases)("$title leaves no tensor behind and repeats its bits", (example) => {
		const model = modelOf(example);
		const params = model.init(randomStream(1));
		const step = () => {
			const gradient = zeros(params.length).fill(9);
			const changed = params.slice();
			return { loss: model.lossAndGradient(changed, example.batch, gradient), gradient, changed };
		};
		const first = step();
		const evaluation = model.evaluate(params, example.batch);
		const before = backend.tf.memory().numTensors;
		expect(step()).toEqual(first);
		expect(model.evaluate(params, example.batch)).toEqual(evaluation);
		expect(backend.tf.memory().numTensors).toBe(before);
	});

	test("evaluation of softmax equals plain arithmetic", () => {
		const example = cases[0] as (typeof cases)[number];
		const params = disturbed(modelOf(example).init(randomStream(4)));
		const batch = randomBatch(20, [7], numClasses);
		const found = modelOf(example).evaluate(params, batch);
		const expected = plainSoftmax(params, batch);
		expect(found).toMatchObject({ numCorrect: expected.numCorrect, numExamples: 20 });
		expect(found).toHaveProperty("lossSum", expect.closeTo(expected.lossSum, 4));
	});

	test("equal logits predict the first class", () => {
		const model = createModel(backend, modelOptions.parse({ name: "softmax" }), [2], 3);
		const batch = { size: 3, features: new Float32Array(6), labels: Int32Array.of(0, 1, 2) };
		expect(model.evaluate(zeros(9), batch)).toEqual({
			lossSum: expect.closeTo(3 * Math.log(3), 6),
			numCorrect: 1,
			numExamples: 3,
		});
	});

	test("evaluation changes no parameter, not even running statistics", () => {
		const example = cases.at(-1);
		const params = modelOf(example).init(randomStream(1));
		const before = params.slice();
		void modelOf(example).evaluate(params, example.batch);
		expect(params).toEqual(before);
	});

	test("an empty batch evaluates to nothing", () => {
		const model = createModel(backend, modelOptions.parse({ name: "softmax" }), [2], 3);
		const empty = { size: 0, features: new Float32Array(0), labels: new Int32Array(0) };
		expect(model.evaluate(zeros(9), empty)).toEqual({ lossSum: 0, numCorrect: 0, numExamples: 0 });
		expect(() => model.lossAndGradient(zeros(9), empty, zeros(9))).toThrow(/without examples/);
	});

	test("arrays of the wrong length are refused", () => {
		const model = createModel(backend, modelOptions.parse({ name: "softmax" }), [2], 3);
		const batch = { size: 1, features: new Float32Array(2), labels: Int32Array.of(0) };
		const shapeError = expect.objectContaining({ code: "FL_MODEL_SHAPE" });
		expect(() => model.evaluate(zeros(8), batch)).toThrow(shapeError);
		expect(() => model.lossAndGradient(zeros(9), batch, zeros(10))).toThrow(shapeError);
		expect(() => model.evaluate(zeros(9), { ...batch, features: new Float32Array(3) })).toThrow(shapeError);
		expect(() => model.evaluate(zeros(9), { ...batch, labels: Int32Array.of(0, 1) })).toThrow(shapeError);
		expect(() => model.evaluate(zeros(9), { ...batch, labels: Int32Array.of(3) })).toThrow(
			expect.objectContaining({ code: "FL_DATA_LABEL_RANGE" }),
		);
	});
});

test.each(cases)("all backends agree on $title", async ({ options, featureShape, batch }) => {
	const results = [];
	for (const backend of loadedBackends) {
		const model = createModel(backend, options, featureShape, numClasses);
		const params = disturbed(model.init(randomStream(4)));
		const gradient = zeros(params.length);
		const loss = await model.lossAndGradient(params, batch, gradient);
		results.push({ loss, gradient });
	}
	const reference = results.at(-1);
	for (const { loss, gradient } of results) {
		expect(Math.abs(loss - reference.loss) / reference.loss).toBeLessThan(1e-5);
		expect(norm(subtract(gradient, reference.gradient)) / norm(reference.gradient)).toBeLessThan(1e-4);
	}
});

/** Multinomial logistic regression in double precision: weights `[7, 3]`, then biases `[3]`. */
function plainSoftmax(params: Float32Array, batch: Batch): { lossSum: number; numCorrect: number } {
	let lossSum = 0;
	let numCorrect = 0;
	for (let row = 0; row < batch.size; row++) {
		const logits = [0, 1, 2].map((unit) => {
			let logit = params[21 + unit] as number;
			for (let i = 0; i < 7; i++) {
				logit += (batch.features[row * 7 + i] as number) * (params[i * 3 + unit] as number);
			}
			return logit;
		});
		const label = batch.labels[row] as number;
		const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
		lossSum += Math.log(total) - (logits[label] as number);
		if (logits.indexOf(Math.max(...logits)) === label) numCorrect++;
	}
	return { lossSum, numCorrect };
}

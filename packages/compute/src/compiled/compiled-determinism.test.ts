import { describe, expect, test } from "vitest";
import { createModel } from "../model/create-model.ts";
import { modelOptions } from "../models/registry.ts";
import { compilers, compilingBackend } from "./compiling-backends.fixture.ts";
import { type DrawnInput, draw, type ModelCase, stepInside, stepOutside } from "./random-models.fixture.ts";

const cases: readonly ModelCase[] = [
	{ options: { name: "mlp", hidden: [30, 20] }, featureShape: [7] },
	{ options: { name: "lenet5" }, featureShape: [12, 13, 1] },
	{ options: { name: "mcmahan-cnn" }, featureShape: [5, 4, 2] },
	{ options: { name: "resnet8" }, featureShape: [6, 6, 2] },
	{ options: { name: "resnet8", norm: "batch" }, featureShape: [6, 6, 2] },
].map(({ options, featureShape }) => ({
	options: modelOptions.parse(options),
	featureShape,
	numClasses: 4,
	batchSize: 3,
}));

describe.each(compilers)("on $name", ({ products, missing }) => {
	test.skipIf(missing)("a step has the same bits whatever else has been compiled and run in between", () => {
		const backend = compilingBackend(products);
		const usedBytes = () => backend.compiler?.memory.usedBytes ?? 0;
		const models = cases.map((example) => {
			const model = createModel(backend, example.options, example.featureShape, example.numClasses);
			return { example, model, input: draw(example, model, 1) };
		});
		const first = models.map(({ model, input }) => stepOutside(model, input));
		const before = usedBytes();
		const larger = models.map(({ example, model }) => draw({ ...example, batchSize: 12 }, model, 2));
		const ofLarger = models.map(({ model }, index) => stepOutside(model, larger[index] as DrawnInput));
		expect(usedBytes(), "larger batches need more memory").toBeGreaterThan(before);
		for (const [index, { model, input }] of models.entries()) {
			expect(stepOutside(model, input)).toEqual(first[index]);
			expect(stepInside(model, larger[index] as DrawnInput)).toEqual(ofLarger[index]);
			expect(stepInside(model, input)).toEqual(first[index]);
		}
	});

	test.skipIf(missing)("another copy of the model, with a memory of its own, computes the same bits", () => {
		for (const example of cases) {
			const { options, featureShape, numClasses } = example;
			const [one, other] = [1, 2].map(() =>
				createModel(compilingBackend(products), options, featureShape, numClasses),
			) as [ReturnType<typeof createModel>, ReturnType<typeof createModel>];
			const input = draw(example, one, 3);
			stepInside(other, draw({ ...example, batchSize: 5 }, one, 4));
			expect(stepInside(other, input)).toEqual(stepOutside(one, input));
		}
	});
});

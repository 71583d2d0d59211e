import { norm, subtract } from "@fl-sim/core";
import { describe, expect, test } from "vitest";
import { createModel } from "../model/create-model.ts";
import { buildNetwork } from "../models/build-network.ts";
import { modelOptions } from "../models/registry.ts";
import { pieceSizes } from "./batch-pieces.ts";
import { compilers, compilingBackend, plainBackend, wasmBackend } from "./compiling-backends.fixture.ts";
import { compileProgram } from "./program.ts";
import { draw, stepInside, stepOutside } from "./random-models.fixture.ts";
import { simplify } from "./simplify.ts";
import { traceTraining } from "./trace.ts";

const { tf } = wasmBackend;
const featureShape = [32, 5];
const example = {
	options: modelOptions.parse({ name: "transformer", width: 16, blocks: 2, heads: 4 }),
	featureShape,
	numClasses: 4,
	batchSize: 901,
};

describe.each(compilers)("on $name", ({ products, missing }) => {
	test.skipIf(missing)("a batch that is computed in pieces agrees with TensorFlow.js, in less memory", () => {
		const backend = compilingBackend(products);
		const compiled = createModel(backend, example.options, featureShape, example.numClasses);
		const plain = createModel(plainBackend(), example.options, featureShape, example.numClasses);
		const network = buildNetwork(example.options, featureShape, example.numClasses);
		const whole = simplify(traceTraining(tf, { network, featureShape, batchSize: example.batchSize }));
		const { workBytes } = compileProgram(whole, network.layout, { tf, products });
		const rowsPerExample = network.layers.multiplyAdds / network.layout.size;
		expect(pieceSizes(example.batchSize, { workBytes, rowsPerExample }).length).toBeGreaterThan(1);

		const input = draw(example, plain, 1);
		const expected = stepOutside(plain, input);
		const found = stepOutside(compiled, input);
		expect(backend.compiler?.memory.usedBytes).toBeLessThan(0.8 * workBytes);
		expect(stepInside(compiled, input), "gives the same bits in a workspace").toEqual(found);
		expect(found.loss).toBeCloseTo(expected.loss, 5);
		expect(found.evaluation.lossSum).toBeCloseTo(expected.evaluation.lossSum, 2);
		expect(found.evaluation.numCorrect).toBe(expected.evaluation.numCorrect);
		expect(found.evaluation.numExamples).toBe(example.batchSize);
		// Roundings; a piece that were left out or weighed by its own size would make a tenth.
		expect(norm(subtract(found.gradient, expected.gradient)) / norm(expected.gradient)).toBeLessThan(3e-5);
	});
});

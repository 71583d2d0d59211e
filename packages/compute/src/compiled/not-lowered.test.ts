import type { Tensor } from "@tensorflow/tfjs";
import { afterEach, describe, expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import { heUniform } from "../layers/initial-values.ts";
import type { LayerMaker } from "../layers/layer.ts";
import { registerKernels } from "../layers/register-kernels.ts";
import { createModel } from "../model/create-model.ts";
import { assembleNetwork } from "../models/build-network.ts";
import { modelOptions } from "../models/registry.ts";
import { compilingBackend, plainBackend, wasmBackend } from "./compiling-backends.fixture.ts";
import { createKernelMemory } from "./kernel-memory.ts";
import { NotLowered } from "./operations/operation.ts";
import { compileProgram } from "./program.ts";
import { draw, stepInside, stepOutside } from "./random-models.fixture.ts";
import { simplify } from "./simplify.ts";
import { traceEvaluation, traceTraining } from "./trace.ts";

const { tf } = wasmBackend;
registerKernels(tf, "wasm");

const featureShape = [2, 3];

/** Dense layers around a function of the tensors between them. */
function requestWith(compute: (x: Tensor) => Tensor) {
	const between: LayerMaker = (inputShape) => ({
		parts: [],
		outputShape: inputShape,
		multiplyAdds: 0,
		forward: (_, x) => compute(x),
	});
	const units = { units: 4, initializer: heUniform };
	const network = assembleNetwork(
		[flatten, dense("first", units), between, dense("second", units)],
		featureShape,
	);
	return { network, featureShape, batchSize: 3 };
}

/** Made on `wasm`, not in the step. */
const outside = tf.scalar(2);

afterEach(async () => {
	await tf.setBackend("wasm");
});

describe.each<[string, (x: Tensor) => Tensor]>([
	["Erf", (x) => tf.erf(x)],
	["Selu", (x) => tf.selu(x)],
	["values that are read while they are computed", (x) => tf.mul(x, x.dataSync()[0] ?? 0)],
	["a tensor from outside the traced step", (x) => tf.mul(x, outside)],
	["Cast to another type than float32", (x) => tf.mul(x, tf.cast(x, "int32"))],
])("%s", (reason, compute) => {
	test.each(["cpu", "wasm"])("is named, and %s stays the active backend", async (name) => {
		await tf.setBackend(name);
		for (const trace of [traceTraining, traceEvaluation]) {
			expect(() => trace(tf, requestWith(compute))).toThrow(new NotLowered(reason));
			expect(tf.getBackend()).toBe(name);
			expect(tf.tidy(() => tf.add(1, 2).dataSync()[0])).toBe(3);
		}
		// A trace that fails leaves nothing to the next one.
		const { nodes } = traceTraining(
			tf,
			requestWith((x) => tf.tanh(x)),
		);
		expect(
			traceTraining(
				tf,
				requestWith((x) => tf.tanh(x)),
			).nodes,
		).toHaveLength(nodes.length);
	});
});

test("a case of a kernel that is not covered is named when it is lowered", () => {
	const leakyRelu = tf.customGrad((input) => ({
		value: tf.mul(input as Tensor, tf.step(input as Tensor, 0.5)),
		gradFunc: (dy) => tf.mul(dy, 2),
	}));
	const request = requestWith(leakyRelu);
	const step = traceTraining(tf, request);
	const context = { tf, products: undefined };
	expect(() => compileProgram(simplify(step), request.network.layout, context)).toThrow(
		new NotLowered("Step with a slope"),
	);
});

test("a model with such a kernel says so and is computed by TensorFlow.js", async () => {
	const withSelu = { ...tf, relu: tf.selu } as typeof tf;
	const example = {
		options: modelOptions.parse({ name: "mlp", hidden: [5] }),
		featureShape,
		numClasses: 3,
		batchSize: 4,
	};
	const [model, plain] = [compilingBackend(undefined, withSelu), plainBackend(withSelu)].map((backend) =>
		createModel(backend, example.options, featureShape, example.numClasses),
	) as [ReturnType<typeof createModel>, ReturnType<typeof createModel>];
	expect(model.whyNotCompiled("training", 4)).toBe("Selu");
	expect(model.whyNotCompiled("evaluation", 4)).toBe("Selu");
	expect(plain.whyNotCompiled("training", 4)).toBeUndefined();
	const input = draw(example, plain, 1);
	const expected = stepOutside(plain, input);
	await tf.setBackend("cpu");
	expect(stepOutside(model, input)).toEqual(expected);
	expect(stepInside(model, input)).toEqual(expected);
	expect(tf.getBackend()).toBe("wasm");
});

test("a batch that needs too much of the memory is left to TensorFlow.js", () => {
	const compiler = { memory: createKernelMemory(2 ** 18), products: undefined };
	const options = modelOptions.parse({ name: "mlp", hidden: [10] });
	const [model, plain] = [{ ...plainBackend(), compiler }, plainBackend()].map((backend) =>
		createModel(backend, options, featureShape, 3),
	) as [ReturnType<typeof createModel>, ReturnType<typeof createModel>];
	expect(model.whyNotCompiled("training", 3)).toBeUndefined();
	expect(model.whyNotCompiled("training", 20_000)).toMatch(/^a batch of 20000, which needs \d+ MiB$/);
	const input = draw({ options, featureShape, numClasses: 3, batchSize: 20_000 }, plain, 1);
	// Its features alone are larger than the memory.
	expect(stepOutside(model, input)).toEqual(stepOutside(plain, input));
});

import { norm, subtract, type Vector, zeros } from "@fl-sim/core";
import type { Tensor } from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { heUniform } from "../layers/initial-values.ts";
import type { LayerMaker } from "../layers/layer.ts";
import { registerKernels } from "../layers/register-kernels.ts";
import { lossAndGradient } from "../model/gradient.ts";
import { randomBatch } from "../model/random-batch.fixture.ts";
import { assembleNetwork } from "../models/build-network.ts";
import { compileNetwork } from "./compiled-network.ts";
import { compilers, wasmBackend } from "./compiling-backends.fixture.ts";
import { createKernelMemory } from "./kernel-memory.ts";
import { reluGradientKernel, simplify } from "./simplify.ts";
import { traceTraining } from "./trace.ts";

const { tf } = wasmBackend;
registerKernels(tf, "wasm");

const [featureShape, batchSize, numClasses] = [[5], 6, 3];

/** A network of dense layers around a function. */
function networkWith(compute: (x: Tensor) => Tensor) {
	const between: LayerMaker = (inputShape) => ({
		parts: [],
		outputShape: inputShape,
		multiplyAdds: 0,
		forward: (_, x) => compute(x),
	});
	const layers = [
		dense("first", { units: 8, initializer: heUniform }),
		between,
		dense("second", { units: numClasses, initializer: heUniform }),
	];
	return { ...assembleNetwork(layers, featureShape), tf, featureShape };
}

function traced(compute: (x: Tensor) => Tensor) {
	return traceTraining(tf, { network: networkWith(compute), featureShape, batchSize });
}

const kernelsOf = ({ nodes }: ReturnType<typeof traced>) => nodes.map(({ kernel }) => kernel);

/** 1 where x > 0, else 0; its gradient is left out, as TensorFlow.js computes it by a kernel that is not compiled. */
const step = tf.customGrad((x) => ({
	value: tf.step(x as Tensor),
	gradFunc: (dy) => tf.mul(dy, 0),
}));

/** Functions that use ReLU's input, its result or its step again. */
const cases: readonly [string, (x: Tensor) => Tensor][] = [
	["ReLU alone", (x) => tf.relu(x)],
	["ReLU's input read before", (x) => tf.add(tf.tanh(x), tf.relu(x))],
	["ReLU's input read after", (x) => tf.add(tf.relu(x), tf.square(x))],
	["ReLU's input and result multiplied", (x) => tf.mul(tf.relu(x), x)],
	["ReLU twice of the same", (x) => tf.add(tf.relu(x), tf.mul(tf.relu(x), 0.5))],
	["ReLU of ReLU", (x) => tf.relu(tf.sub(tf.relu(x), 0.1))],
	["a step beside ReLU", (x) => tf.add(tf.relu(x), tf.mul(step(x), tf.tanh(x)))],
	["a step without ReLU", (x) => tf.mul(step(x), x)],
	["ReLU's result read after the next layer's input was made", (x) => tf.square(tf.relu(tf.relu(x)))],
];

describe.each(compilers)("on $name", ({ products, missing }) => {
	test.skipIf(missing).each(cases)("%s keeps its gradient", (_, compute) => {
		const network = networkWith(compute);
		const params = Float32Array.from({ length: network.layout.size }, (_, index) => Math.sin(index + 1));
		const batch = randomBatch(batchSize, featureShape, numClasses);
		const gradients = [zeros(params.length), zeros(params.length)] as [Vector, Vector];
		const compiled = compileNetwork(network, { memory: createKernelMemory(2 ** 20), products });
		const loss = compiled.lossAndGradient(params, batch, gradients[0]);
		const expected = lossAndGradient(network, params, batch, gradients[1]);
		expect(loss).toBeCloseTo(expected, 5);
		// Roundings of 6e-8 in sums of fewer than ten; a wrong mask changes some tenths.
		expect(norm(subtract(...gradients)) / norm(gradients[1])).toBeLessThan(1e-5);
	});
});

test("ReLU's gradient is one node, which does not read ReLU's input", () => {
	const step = traced((x) => tf.relu(x));
	expect(kernelsOf(step)).toContain("Step");
	const simple = simplify(step);
	expect(kernelsOf(simple)).not.toContain("Step");
	expect(simple.nodes).toHaveLength(step.nodes.length - 1);
	const relu = simple.nodes.find(({ kernel }) => kernel === "Relu");
	const gradient = simple.nodes.find(({ kernel }) => kernel === reluGradientKernel);
	expect(gradient?.inputs["y"]?.value).toBe(relu?.output.value);
	const readers = simple.nodes.filter(({ inputs }) =>
		Object.values(inputs).some(({ value }) => value === relu?.inputs["x"]?.value),
	);
	expect(readers).toEqual([relu]);
});

test("nodes that nobody reads go, in the forward pass and behind it, and the border between the two moves along", () => {
	const plain = traced((x) => tf.tanh(x));
	const step = traced((x) => {
		tf.square(tf.relu(x));
		return tf.tanh(x);
	});
	expect(kernelsOf(step)).toEqual(expect.arrayContaining(["Relu", "Square"]));
	const simple = simplify(step);
	expect(kernelsOf(simple)).toEqual(kernelsOf(simplify(plain)));
	expect(simple.forwardNodes).toBe(step.forwardNodes - 2);
	expect(simple.nodes[simple.forwardNodes - 1]?.output.value).toBe(simple.logits.value);
});

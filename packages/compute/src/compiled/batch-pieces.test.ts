import type { Tensor } from "@tensorflow/tfjs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import { heUniform } from "../layers/initial-values.ts";
import type { LayerMaker } from "../layers/layer.ts";
import { registerKernels } from "../layers/register-kernels.ts";
import { assembleNetwork, buildNetwork, type Network } from "../models/build-network.ts";
import { modelOptions } from "../models/registry.ts";
import { pieceSizes, separatesExamples } from "./batch-pieces.ts";
import { wasmBackend } from "./compiling-backends.fixture.ts";
import { simplify } from "./simplify.ts";
import { traceTraining } from "./trace.ts";

const { tf } = wasmBackend;
registerKernels(tf, "wasm");

test("pieces add up to the batch, are of equal size but for one example, and have enough rows", () => {
	const costs = fc.record({
		workBytes: fc.integer({ min: 1, max: 2 ** 31 }),
		rowsPerExample: fc.double({ min: 0.5, max: 1000, noNaN: true }),
	});
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 5000 }), costs, (batchSize, cost) => {
			const sizes = pieceSizes(batchSize, cost);
			expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(batchSize);
			expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
			if (sizes.length > 1) expect(Math.min(...sizes) * cost.rowsPerExample).toBeGreaterThanOrEqual(512);
		}),
	);
});

test("a batch is cut where it works on more than 32 MiB, into pieces that work on no more if they have enough rows", () => {
	const megabytes = (number: number) => number * 2 ** 20;
	expect(pieceSizes(128, { workBytes: megabytes(32), rowsPerExample: 64 })).toEqual([128]);
	expect(pieceSizes(128, { workBytes: megabytes(33), rowsPerExample: 64 })).toEqual([64, 64]);
	expect(pieceSizes(128, { workBytes: megabytes(96), rowsPerExample: 64 })).toEqual([42, 43, 43]);
	expect(pieceSizes(128, { workBytes: megabytes(9000), rowsPerExample: 16 })).toEqual([32, 32, 32, 32]);
	expect(pieceSizes(128, { workBytes: megabytes(9000), rowsPerExample: 7 })).toEqual([128]);
});

function separates(network: Network, featureShape: readonly number[]): boolean {
	const passOf = (numExamples: number) => {
		const step = simplify(traceTraining(tf, { network, featureShape, batchSize: numExamples }));
		return { nodes: step.nodes.slice(0, step.forwardNodes), numExamples };
	};
	return separatesExamples(passOf(6), passOf(4));
}

describe("an example's results are its own", () => {
	test.each([
		["softmax", [3, 3, 1]],
		["mlp", [5]],
		["lenet5", [12, 12, 1]],
		["mcmahan-cnn", [4, 4, 1]],
		["resnet8", [4, 4, 2]],
		["transformer", [5, 3]],
	] as const)("in %s", (name, featureShape) => {
		expect(separates(buildNetwork(modelOptions.parse({ name }), featureShape, 3), featureShape)).toBe(true);
	});

	const networkWith = (compute: (x: Tensor) => Tensor) => {
		const between: LayerMaker = (inputShape) => ({
			parts: [],
			outputShape: inputShape,
			multiplyAdds: 0,
			forward: (_, x) => compute(x),
		});
		const units = { units: 4, initializer: heUniform };
		return assembleNetwork([flatten, dense("first", units), between, dense("second", units)], [5]);
	};
	const numbers = (size: number) => Float32Array.from({ length: size }, (_, index) => index);
	test.each<[string, boolean, (x: Tensor) => Tensor]>([
		["tanh", true, (x) => tf.tanh(x)],
		["a sum of its own values", true, (x) => tf.add(x, tf.matMul(x, tf.ones([4, 1])))],
		["one more for all", true, (x) => tf.add(x, tf.ones(x.shape))],
		["a sum over the examples", false, (x) => tf.add(x, tf.matMul(tf.ones([1, x.shape[0] ?? 1]), x))],
		["a share of the batch", false, (x) => tf.mul(x, 1 / (x.shape[0] ?? 1))],
		["its number in the batch", false, (x) => tf.mul(x, tf.tensor(numbers(x.size), x.shape))],
		["a likeness to the others", false, (x) => tf.matMul(tf.matMul(x, x, false, true), x)],
	])("with %s: %s", (_, expected, compute) => {
		expect(separates(networkWith(compute), [5])).toBe(expected);
	});

	test("not with batch normalisation", () => {
		const options = modelOptions.parse({ name: "resnet8", norm: "batch" });
		expect(separates(buildNetwork(options, [4, 4, 2], 3), [4, 4, 2])).toBe(false);
	});
});

import { partOf, type Vector, zeros } from "@fl-sim/core";
import { describe, expect, test } from "vitest";
import { computeLogits, type RunnableNetwork, uploadTensors } from "../model/forward.ts";
import { lossAndGradient } from "../model/gradient.ts";
import { loadedBackends } from "../model/loaded-backends.fixture.ts";
import { assembleNetwork } from "../models/build-network.ts";
import { batchNorm } from "./batch-norm.ts";
import { flatten } from "./flatten.ts";
import { groupNorm } from "./group-norm.ts";
import type { LayerMaker } from "./layer.ts";

describe.each(loadedBackends)("on $name", (backend) => {
	const { tf } = backend;

	async function networkOf(layer: LayerMaker, featureShape: readonly number[]): Promise<RunnableNetwork> {
		await tf.setBackend(backend.name);
		return { ...assembleNetwork([layer, flatten], featureShape), tf, featureShape };
	}

	function outputs(network: RunnableNetwork, params: Vector, features: readonly number[]): number[] {
		const featureSize = network.featureShape.reduce((product, extent) => product * extent, 1);
		const size = features.length / featureSize;
		const batch = { size, features: Float32Array.from(features), labels: new Int32Array(size) };
		return [...tf.tidy(() => computeLogits(network, uploadTensors(network, params, batch)).dataSync())];
	}

	function expectClose(found: readonly number[], expected: readonly number[]): void {
		expect(found).toHaveLength(expected.length);
		for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 4);
	}

	test("group normalisation takes the mean and variance of each example's groups", async () => {
		const network = await networkOf(groupNorm("norm", 2), [1, 2, 4]);
		const params = Float32Array.of(1, 1, 1, 10, 0, 0, 0, 5); // scale of 4 channels, shift of 4 channels
		// Group 1 holds 1, 3, 5, 7: mean 4, variance 5. Group 2 holds 0, 2, 0, 2: mean 1, variance 1.
		const example = [1, 3, 0, 2, 5, 7, 0, 2];
		const root = Math.sqrt(5);
		const expected = [-3 / root, -1 / root, -1, 15, 1 / root, 3 / root, -1, 15];
		expectClose(outputs(network, params, example), expected);
		// A second example, 100 times as large, changes nothing for the first and is normalised on its own.
		const both = outputs(network, params, [...example, ...example.map((value) => 100 * value)]);
		expectClose(both, [...expected, ...expected]);
	});

	test("batch normalisation evaluates with the running statistics", async () => {
		const network = await networkOf(batchNorm("norm"), [1, 2, 1]);
		// scale 3, shift 0.5, mean 1, variance 4: 3 (x - 1) / 2 + 0.5
		expectClose(outputs(network, Float32Array.of(3, 0.5, 1, 4), [1, 3, 5, 7]), [0.5, 3.5, 6.5, 9.5]);
	});

	test("batch normalisation moves the running statistics a tenth of the way", async () => {
		const network = await networkOf(batchNorm("norm"), [1, 2, 1]);
		const params = Float32Array.of(1, 0, 0, 1);
		const gradient = zeros(4).fill(9);
		const batch = { size: 2, features: Float32Array.of(1, 3, 5, 7), labels: Int32Array.of(0, 1) };
		const loss = lossAndGradient(network, params, batch, gradient);
		// Mean 4, variance 5 (20/3 without bias): 0.9 * 0 + 0.1 * 4 and 0.9 * 1 + 0.1 * 20/3.
		expectClose([...params], [1, 0, 0.4, 0.9 + 2 / 3]);
		for (const part of network.layout.parts.filter(({ kind }) => kind === "buffer")) {
			expect([...partOf(gradient, part)]).toEqual([0]);
		}
		// Logits (-3, -1) / sqrt 5 with label 0 and (1, 3) / sqrt 5 with label 1.
		const gap = 2 / Math.sqrt(5);
		expect(loss).toBeCloseTo((Math.log(1 + Math.exp(gap)) + Math.log(1 + Math.exp(-gap))) / 2, 4);
	});

	test("batch normalisation of a single value stays finite", async () => {
		const network = await networkOf(batchNorm("norm"), [1, 1, 1]);
		const params = Float32Array.of(1, 0, 0, 1);
		const batch = { size: 1, features: Float32Array.of(5), labels: Int32Array.of(0) };
		lossAndGradient(network, params, batch, zeros(4));
		expectClose([...params], [1, 0, 0.5, 0.9]);
	});
});

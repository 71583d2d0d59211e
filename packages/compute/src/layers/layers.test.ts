import { randomStream } from "@fl-sim/core";
import { describe, expect, test } from "vitest";
import { gradientError } from "../model/gradient-check.fixture.ts";
import { loadedBackends } from "../model/loaded-backends.fixture.ts";
import { disturbed, randomBatch } from "../model/random-batch.fixture.ts";
import { assembleNetwork } from "../models/build-network.ts";
import { initialParams } from "../models/describe-model.ts";
import { activation } from "./activation.ts";
import { batchNorm } from "./batch-norm.ts";
import { conv2d } from "./conv2d.ts";
import { dense } from "./dense.ts";
import { flatten } from "./flatten.ts";
import { groupNorm } from "./group-norm.ts";
import { glorotUniform as initializer } from "./initial-values.ts";
import type { LayerMaker } from "./layer.ts";
import { globalAveragePool, pool } from "./pool.ts";
import { registerKernels } from "./register-kernels.ts";
import { residual } from "./residual.ts";

const convolution = (padding: "same" | "valid", size: number, stride: number) =>
	conv2d("layer", { filters: 3, size, padding, stride, initializer });

const layers: Readonly<Record<string, readonly LayerMaker[]>> = {
	"a dense layer": [flatten, dense("layer", { units: 4, initializer })],
	"a same convolution": [convolution("same", 3, 1)],
	"a same convolution with stride 2": [convolution("same", 3, 2)],
	"a valid convolution": [convolution("valid", 3, 1)],
	"a valid convolution with stride 2": [convolution("valid", 2, 2)],
	"a pointwise convolution with stride 2": [convolution("same", 1, 2)],
	"a convolution without bias": [
		conv2d("layer", { filters: 3, size: 3, padding: "same", bias: false, initializer }),
	],
	"max pooling": [pool("max", 2)],
	"average pooling": [pool("average", 2)],
	"global average pooling": [globalAveragePool],
	relu: [activation("relu")],
	tanh: [activation("tanh")],
	"group normalisation": [groupNorm("layer", 2)],
	"batch normalisation": [batchNorm("layer")],
	"a residual block": [
		residual(
			[conv2d("main", { filters: 3, size: 3, padding: "same", stride: 2, initializer }), activation("tanh")],
			[conv2d("side", { filters: 3, size: 1, padding: "same", stride: 2, initializer })],
		),
	],
};

const featureShape = [5, 4, 2];

describe.each(loadedBackends)("on $name", (backend) => {
	registerKernels(backend.tf, backend.name);

	test.each(Object.entries(layers))("%s has the gradient that differences show", async (_, makers) => {
		await backend.tf.setBackend(backend.name);
		// The convolution below makes the gradient pass through the layer, not only into it.
		const below = conv2d("below", { filters: 4, size: 2, padding: "same", initializer });
		const network = assembleNetwork([below, ...makers, flatten], featureShape);
		const params = disturbed(initialParams(network, randomStream(1)));
		const [numClasses = 0] = network.layers.outputShape;
		const batch = randomBatch(3, featureShape, numClasses);
		const runnable = { ...network, tf: backend.tf, featureShape };
		expect(gradientError(runnable, params, batch)).toBeLessThan(1e-3);
	});

	test.each(Object.entries(layers))("%s gives the shape that it declares", async (_, makers) => {
		await backend.tf.setBackend(backend.name);
		const { tf } = backend;
		const { layers } = assembleNetwork(makers, featureShape);
		tf.tidy(() => {
			const parts = new Map(layers.parts.map(({ name, shape }) => [name, tf.ones([...shape])]));
			const y = layers.forward(
				{ tf, training: false, part: (name) => parts.get(name) ?? tf.scalar(0), updateBuffer: () => {} },
				tf.ones([2, ...featureShape]),
			);
			expect(y.shape).toEqual([2, ...layers.outputShape]);
		});
	});
});

import { norm, randomStream, subtract, zeros } from "@fl-sim/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lossAndGradient } from "../model/gradient.ts";
import { loadedBackends } from "../model/loaded-backends.fixture.ts";
import { disturbed, randomBatch } from "../model/random-batch.fixture.ts";
import { assembleNetwork } from "../models/build-network.ts";
import { initialParams } from "../models/describe-model.ts";
import { causalAttention } from "./attention.ts";
import { glorotUniform as initializer } from "./initial-values.ts";
import type { LayerMaker } from "./layer.ts";
import { lastPosition } from "./positions.ts";
import { registerKernels } from "./register-kernels.ts";
import { tokenDense } from "./token-dense.ts";

const shapes = fc.record({
	positions: fc.integer({ min: 1, max: 7 }),
	heads: fc.constantFrom(1, 2, 4),
	headSize: fc.integer({ min: 1, max: 3 }),
	examples: fc.integer({ min: 1, max: 3 }),
});

describe.each(loadedBackends)("on $name", (backend) => {
	const { tf } = backend;
	registerKernels(tf, backend.name);

	test("asked by the last position alone, attention gives what it gives it among all, and the same gradient", async () => {
		await tf.setBackend(backend.name);
		fc.assert(
			fc.property(shapes, ({ positions, heads, headSize, examples }) => {
				const channels = heads * headSize;
				const featureShape = [positions, 3];
				const below = tokenDense("below", { units: channels, initializer });
				const resultOf = (...layers: LayerMaker[]) => {
					const network = { ...assembleNetwork([below, ...layers], featureShape), tf, featureShape };
					const params = disturbed(initialParams(network, randomStream(1)));
					const gradient = zeros(params.length);
					const batch = randomBatch(examples, featureShape, channels);
					const loss = lossAndGradient(network, params, batch, gradient);
					return { layout: network.layout, loss, gradient };
				};
				const expected = resultOf(causalAttention("attention", { heads, asking: "all" }), lastPosition);
				const found = resultOf(causalAttention("attention", { heads, asking: "last" }));
				expect(found.layout).toEqual(expected.layout);
				expect(found.loss).toBeCloseTo(expected.loss, 5);
				const error = norm(subtract(found.gradient, expected.gradient));
				expect(error).toBeLessThan(1e-5 * (1e-3 + norm(expected.gradient)));
			}),
			{ numRuns: 20 },
		);
	});
});

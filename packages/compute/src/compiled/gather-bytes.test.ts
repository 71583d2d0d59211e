import { type ExampleView, gatherBatch, positionsOf } from "@fl-sim/core";
import { assert, double, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { createKernelMemory } from "./kernel-memory.ts";
import { machineWorkspace } from "./machine-workspace.ts";

const memory = createKernelMemory(2 ** 22);

test("bytes become the same numbers as in plain JavaScript, bit for bit", () => {
	assert(
		property(
			integer({ min: 1, max: 40 }),
			integer({ min: 1, max: 5 }),
			double({ min: -3, max: 3, noNaN: true }),
			double({ min: -3, max: 3, noNaN: true }),
			(width, size, scale, shift) => {
				const numExamples = 2 * size + 1;
				const examples = {
					numExamples,
					featureShape: [width],
					features: {
						kind: "bytes",
						values: Uint8Array.from({ length: numExamples * width }, (_, i) => (i * 37 + width) % 256),
						scale,
						shift,
					},
					labels: Int32Array.from({ length: numExamples }, (_, i) => i % 3),
					numClasses: 3,
				} as const;
				const view: ExampleView = { examples, indices: positionsOf(numExamples).reverse() };
				const noisy: ExampleView = {
					...view,
					transform(features, index) {
						features[0] = index;
					},
				};
				const workspace = machineWorkspace(memory, 1);
				for (const each of [view, noisy]) {
					const selection = [each, positionsOf(numExamples), 1, 1 + size] as const;
					expect(workspace.gather(...selection)).toEqual(gatherBatch(...selection));
				}
				workspace.close();
			},
		),
	);
});

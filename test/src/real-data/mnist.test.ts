import { existsSync } from "node:fs";
import { join } from "node:path";
import { createModel, openBackend } from "@fl-sim/compute";
import { modelOptions } from "@fl-sim/compute/options";
import { gatherBatch, positionsOf, randomStream } from "@fl-sim/core";
import { dataSourceNamed } from "@fl-sim/data";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "../../../../shared/data/mnist");

test.skipIf(!existsSync(folder))(
	"LeNet-5 on wasm learns the real MNIST, the same bits each time",
	async () => {
		const source = dataSourceNamed("mnist");
		const options = source.options.parse({ name: "mnist", path: folder, limit: 400 });
		const { train, test: held } = await source.load(options, { seed: 1, baseFolder: folder });
		expect(train).toMatchObject({ numExamples: 400, featureShape: [28, 28, 1], numClasses: 10 });
		expect(held.numExamples).toBe(10_000);

		const backend = await openBackend("wasm");
		const model = createModel(
			backend,
			modelOptions.parse({ name: "lenet5" }),
			train.featureShape,
			train.numClasses,
		);
		const view = { examples: train, indices: positionsOf(train.numExamples) };
		const losses = async (): Promise<number[]> => {
			const params = model.init(randomStream(1, "model"));
			const gradient = new Float32Array(params.length);
			const seen: number[] = [];
			for (let step = 0; step < 60; step++) {
				const from = (step % 20) * 20;
				const batch = gatherBatch(view, view.indices, from, from + 20);
				seen.push(await model.lossAndGradient(params, batch, gradient));
				for (let i = 0; i < params.length; i++)
					params[i] = (params[i] as number) - 0.1 * (gradient[i] as number);
			}
			return seen;
		};
		const first = await losses();
		expect(first[0]).toBeGreaterThan(2);
		expect(first.slice(-20).reduce((sum, loss) => sum + loss / 20, 0)).toBeLessThan(1);
		expect(await losses()).toEqual(first);
	},
);

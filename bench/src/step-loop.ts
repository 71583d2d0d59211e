// A thread that does nothing but training steps. `rounds.ts` starts one or two of them.
import { parentPort, workerData } from "node:worker_threads";
import { createModel, openBackend } from "@fl-sim/compute";
import type { ModelOptions } from "@fl-sim/compute/options";
import { randomStream, zeros } from "@fl-sim/core";

export interface StepLoopSettings {
	readonly model: ModelOptions;
	readonly batchSize: number;
	readonly seconds: number;
}

const { model: options, batchSize, seconds } = workerData as StepLoopSettings;
const featureShape = [28, 28, 1];
const numClasses = 10;
const model = createModel(await openBackend("wasm"), options, featureShape, numClasses);
const random = randomStream(1);
const params = model.init(random);
const gradient = zeros(params.length);
const batch = {
	size: batchSize,
	features: Float32Array.from({ length: batchSize * 784 }, () => random.uniform()),
	labels: Int32Array.from({ length: batchSize }, () => random.integer(numClasses)),
};

for (let step = 0; step < 50; step++) await model.lossAndGradient(params, batch, gradient);
parentPort?.postMessage("ready");
parentPort?.once("message", () => {
	const start = performance.now();
	let steps = 0;
	while (performance.now() - start < 1000 * seconds) {
		void model.lossAndGradient(params, batch, gradient);
		steps++;
	}
	parentPort?.postMessage((1000 * steps) / (performance.now() - start));
});

import { type Batch, randomStream } from "@fl-sim/core";
import type { Backend } from "../backend/open-backend.ts";
import { lenet5Options } from "../models/lenet5.ts";
import { createModel } from "./create-model.ts";

/** How fast a backend trains LeNet-5 on batches of 10 images of 28 x 28, in this thread. */
export interface SpeedCheck {
	readonly stepsPerSecond: number;
	readonly steps: number;
}

const batchSize = 10;
const featureShape = [28, 28, 1];
const numClasses = 10;

/** Takes training steps on noise for about `seconds`, after one that does not count. */
export async function timeTraining(backend: Backend, seconds: number): Promise<SpeedCheck> {
	const model = createModel(backend, lenet5Options.parse({ name: "lenet5" }), featureShape, numClasses);
	const random = randomStream("speed check");
	const batch: Batch = {
		size: batchSize,
		features: Float32Array.from({ length: batchSize * 28 * 28 }, () => random.uniform()),
		labels: Int32Array.from({ length: batchSize }, () => random.integer(numClasses)),
	};
	const params = model.init(random);
	const gradient = new Float32Array(params.length);
	await model.lossAndGradient(params, batch, gradient);
	const start = performance.now();
	let steps = 0;
	let elapsed = 0;
	while (elapsed < seconds) {
		await model.lossAndGradient(params, batch, gradient);
		steps += 1;
		elapsed = (performance.now() - start) / 1000;
	}
	return { stepsPerSecond: steps / elapsed, steps };
}

// A thread that does nothing but training steps. `rounds.ts` starts one or two of them.
import { parentPort, workerData } from "node:worker_threads";
import { openBackend } from "@fl-sim/compute";
import type { ModelOptions } from "@fl-sim/compute/options";
import { createLocalStep } from "./local-step.ts";

export interface StepLoopSettings {
	readonly model: ModelOptions;
	readonly batchSize: number;
	readonly seconds: number;
}

const { model, batchSize, seconds } = workerData as StepLoopSettings;
const { step } = createLocalStep(await openBackend("auto"), model, [28, 28, 1], batchSize);

for (let i = 0; i < 50; i++) step();
parentPort?.postMessage("ready");
parentPort?.once("message", () => {
	const start = performance.now();
	let steps = 0;
	while (performance.now() - start < 1000 * seconds) {
		step();
		steps++;
	}
	parentPort?.postMessage((1000 * steps) / (performance.now() - start));
});

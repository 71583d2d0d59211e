import { parentPort, workerData } from "node:worker_threads";
import type { BackendName } from "../backend/open-backend.ts";
import { trainingSteps } from "./training-steps.fixture.ts";

/** A thread that computes the training steps twice, the second time at once with the threads that share `arrivals`. */
export interface TrainingThread {
	/** One counter, in shared memory. */
	readonly arrivals: Int32Array;
	readonly numThreads: number;
	readonly backend: BackendName;
}

const longestWait = 30_000;

const { arrivals, numThreads, backend } = workerData as TrainingThread;
// Loads and compiles everything, so that the threads then spend their time in kernels together.
const alone = await trainingSteps(backend);
Atomics.add(arrivals, 0, 1);
Atomics.notify(arrivals, 0);
for (let arrived = Atomics.load(arrivals, 0); arrived < numThreads; arrived = Atomics.load(arrivals, 0)) {
	if (Atomics.wait(arrivals, 0, arrived, longestWait) === "timed-out") {
		throw new Error("the other thread did not arrive");
	}
}
parentPort?.postMessage([alone, await trainingSteps(backend)]);

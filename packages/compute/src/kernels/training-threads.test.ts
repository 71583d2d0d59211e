import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { compilers } from "../compiled/compiling-backends.fixture.ts";
import { trainingSteps } from "./training-steps.fixture.ts";
import type { TrainingThread } from "./training-worker.fixture.ts";

describe.each(compilers)("on $name", ({ backend, missing }) => {
	test.skipIf(missing)(
		"LeNet-5 learns the same bits in two worker threads at once as in the main thread",
		async () => {
			const thread: TrainingThread = {
				arrivals: new Int32Array(new SharedArrayBuffer(4)),
				numThreads: 2,
				backend,
			};
			const workers = Array.from(
				{ length: thread.numThreads },
				() => new Worker(new URL("./training-worker.fixture.ts", import.meta.url), { workerData: thread }),
			);
			const reports = Promise.all(
				workers.map(async (worker) => (await once(worker, "message")) as unknown[]),
			);
			const inMainThread = await trainingSteps(backend);
			expect(new Set(inMainThread).size).toBe(inMainThread.length);
			for (const [report] of await reports) expect(report).toEqual([inMainThread, inMainThread]);
			await Promise.all(workers.map(async (worker) => worker.terminate()));
		},
	);
});

// Loaded with --import into a process that is measured: tells its parent, on demand, what the process holds.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

/** What a process holds, sizes in bytes. */
export interface ProcessState {
	readonly rss: number;
	readonly heapUsed: number;
	readonly arrayBuffers: number;
	/** Sockets, timers and the like. */
	readonly resources: number;
	/** Tensors of TensorFlow.js; 0 where it is not loaded. */
	readonly tensors: number;
	/** Milliseconds of CPU time so far. */
	readonly cpu: number;
	/** Longest delay of the event loop since the last question, in milliseconds. */
	readonly longestDelay: number;
}

export type ProbeQuestion = "state" | "settled state";

const delays = monitorEventLoopDelay({ resolution: 10 });
delays.enable();

interface TensorFlowGlobals {
	_tfengine?: { memory(): { numTensors: number } };
}

function state(): ProcessState {
	const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
	const { user, system } = process.cpuUsage();
	const longestDelay = delays.max / 1e6;
	delays.reset();
	return {
		rss,
		heapUsed,
		arrayBuffers,
		resources: process.getActiveResourcesInfo().length,
		tensors: (globalThis as TensorFlowGlobals)._tfengine?.memory().numTensors ?? 0,
		cpu: (user + system) / 1000,
		longestDelay,
	};
}

/** Collects until nothing more is found; pages go back to the system some moments later. */
async function settle(): Promise<void> {
	for (let pass = 0; pass < 5; pass++) {
		globalThis.gc?.();
		await sleep(100);
	}
}

process.on("message", (question: ProbeQuestion) => {
	void (async () => {
		if (question === "settled state") await settle();
		process.send?.(state());
	})();
});
// The probe alone keeps no process alive.
process.channel?.unref();

import { writeFileSync } from "node:fs";
import { isMainThread, Worker, workerData } from "node:worker_threads";

interface Watch {
	/** Frames sent so far, and the length of the last one. */
	readonly state: Int32Array;
	readonly frame: Uint8Array;
	readonly file: string;
}

const longestFrame = 2 * 1024 * 1024;
const patience = 60_000;

/** Ends the process when one frame keeps it busy for a minute, and leaves that frame in the file. */
export function startWatchdog(file: string): { readonly sending: (frame: Uint8Array) => void } {
	const state = new Int32Array(new SharedArrayBuffer(8));
	const kept = new Uint8Array(new SharedArrayBuffer(longestFrame));
	new Worker(new URL(import.meta.url), { workerData: { state, frame: kept, file } satisfies Watch }).unref();
	return {
		sending(frame) {
			kept.set(frame.subarray(0, longestFrame));
			Atomics.store(state, 1, frame.length);
			Atomics.add(state, 0, 1);
			Atomics.notify(state, 0);
		},
	};
}

function watch({ state, frame, file }: Watch): void {
	// Twice, since a process that was stopped and goes on finds that time has passed.
	for (let waited = 0; ; ) {
		const sent = Atomics.load(state, 0);
		waited = Atomics.wait(state, 0, sent, patience / 2) === "timed-out" && sent > 0 ? waited + 1 : 0;
		if (waited < 2) continue;
		const bytes = Buffer.from(frame.subarray(0, Atomics.load(state, 1)));
		writeFileSync(file, `frame ${sent} keeps the process busy for a minute: ${bytes.toString("hex")}\n`);
		process.kill(process.pid, "SIGKILL");
	}
}

if (!isMainThread) watch(workerData as Watch);

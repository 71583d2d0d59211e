// A process with one client that sends messages at a steady rate which nobody needs, and comes back as often as it is put
// out. Its parent sends an order, and gets counts.
import { setTimeout as sleep } from "node:timers/promises";
import { BareClient } from "./bare-client.ts";

export interface FloodOrder {
	readonly address: string;
	readonly client: number;
	/** Parameters of the model. */
	readonly parameters: number;
	readonly perSecond: number;
	readonly seconds: number;
}

export interface FloodCounts {
	readonly sent: number;
	/** How often the server ended the connection. */
	readonly closings: number;
	readonly reasons: readonly string[];
}

/** Bytes that may wait for the network. */
const highWaterMark = 1024 * 1024;

async function flood({ address, client, parameters, perSecond, seconds }: FloodOrder): Promise<FloodCounts> {
	const reasons = new Set<string>();
	const started = performance.now();
	const elapsed = (): number => (performance.now() - started) / 1000;
	let sent = 0;
	let closings = 0;
	while (elapsed() < seconds) {
		const one = new BareClient(address, client, parameters);
		if (!(await one.ready)) {
			await sleep(100);
			continue;
		}
		let last = elapsed();
		while (elapsed() < seconds && one.end === undefined) {
			await sleep(5);
			const now = elapsed();
			for (let due = Math.round((now - last) * perSecond); due > 0; due--) {
				if (one.waiting > highWaterMark) break; // the server reads no more
				one.say({ type: "heartbeat" });
				sent += 1;
			}
			last = now;
		}
		one.cut();
		if (one.end === undefined) continue;
		closings += 1;
		reasons.add(one.end);
	}
	return { sent, closings, reasons: [...reasons] };
}

process.on("message", (order: FloodOrder) => {
	void flood(order).then((counts) => process.send?.(counts));
});
process.on("disconnect", () => process.exit());

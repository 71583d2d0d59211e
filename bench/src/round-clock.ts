import type { RunEvent } from "@fl-sim/core";

export interface RoundCost {
	/** Milliseconds from the call until the first round begins: opening data, backend and workers, first evaluation. */
	readonly start: number;
	/** Milliseconds of one round, the mean over all but the first, with its evaluation and checkpoint. */
	readonly wall: number;
	/** As `wall`, CPU time of all threads together. */
	readonly cpu: number;
}

/** A stopwatch for the events of a run; the first round, in which much is compiled, does not count. */
export function startRoundClock(): {
	readonly onEvent: (event: RunEvent) => void;
	readonly read: () => RoundCost;
} {
	const called = performance.now();
	let began = Number.NaN;
	let first: { readonly time: number; readonly cpu: NodeJS.CpuUsage } | undefined;
	let rounds = 0;
	let last = Number.NaN;
	let cpu: NodeJS.CpuUsage = { user: Number.NaN, system: Number.NaN };
	return {
		onEvent({ type }) {
			if (type === "round.started" && Number.isNaN(began)) began = performance.now();
			if (type !== "checkpoint.written") return;
			if (first === undefined) {
				first = { time: performance.now(), cpu: process.cpuUsage() };
				return;
			}
			rounds += 1;
			last = performance.now();
			cpu = process.cpuUsage(first.cpu);
		},
		read: () => ({
			start: began - called,
			wall: (last - (first?.time ?? Number.NaN)) / rounds,
			cpu: (cpu.user + cpu.system) / 1000 / rounds,
		}),
	};
}

import type { RunEvent } from "@fl-sim/core";

/** Running totals of a run. */
export interface RunTotals {
	readonly downBytes: number;
	readonly upBytes: number;
	readonly simulatedSeconds: number;
	readonly wallSeconds: number;
}

export const startTotals: RunTotals = { downBytes: 0, upBytes: 0, simulatedSeconds: 0, wallSeconds: 0 };

/** Adds up what happened in one round. */
export class RoundTally {
	readonly #round: number;
	readonly #started = performance.now();
	readonly #replied = new Set<number>();
	readonly #lost = new Set<number>();
	#downBytes = 0;
	#upBytes = 0;
	#lossSum = 0;
	#numExamples = 0;
	#simulatedSeconds = 0;

	constructor(round: number) {
		this.#round = round;
	}

	/**
	 * Runs one exchange. It takes as long as its slowest client, and the whole deadline when somebody it had
	 * reached was lost.
	 */
	async phase<Result>(
		deadlineSeconds: number | undefined,
		run: (count: (event: RunEvent) => void) => Promise<Result>,
	): Promise<Result> {
		let seconds = 0;
		const result = await run((event) => {
			if (event.type === "client.replied") {
				this.#downBytes += event.downBytes;
				this.#upBytes += event.upBytes;
				this.#replied.add(event.client);
				this.#lossSum += event.report.trainLoss * event.report.numExamples;
				this.#numExamples += event.report.numExamples;
				seconds = Math.max(seconds, event.simulatedSeconds);
			} else if (event.type === "client.lost") {
				this.#downBytes += event.downBytes;
				this.#upBytes += event.upBytes;
				this.#lost.add(event.client);
				if (event.reason !== "unavailable") seconds = Math.max(seconds, deadlineSeconds ?? 0);
			}
		});
		this.#simulatedSeconds += seconds;
		return result;
	}

	/** The round's closing event and the run's new totals. */
	finish(before: RunTotals): { readonly event: RunEvent; readonly totals: RunTotals } {
		const wallSeconds = (performance.now() - this.#started) / 1000;
		const totals = {
			downBytes: before.downBytes + this.#downBytes,
			upBytes: before.upBytes + this.#upBytes,
			simulatedSeconds: before.simulatedSeconds + this.#simulatedSeconds,
			wallSeconds: before.wallSeconds + wallSeconds,
		};
		const event = {
			type: "round.finished",
			round: this.#round,
			replied: this.#replied.size,
			lost: this.#lost.size,
			trainLoss: this.#lossSum / this.#numExamples,
			downBytes: this.#downBytes,
			upBytes: this.#upBytes,
			totalDownBytes: totals.downBytes,
			totalUpBytes: totals.upBytes,
			simulatedSeconds: this.#simulatedSeconds,
			totalSimulatedSeconds: totals.simulatedSeconds,
			wallSeconds,
			totalWallSeconds: totals.wallSeconds,
		} as const;
		return { event, totals };
	}
}

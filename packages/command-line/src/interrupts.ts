import { FlSimError } from "@fl-sim/core";

/** What a user asks of a run with Ctrl-C. */
export interface Interrupts {
	/** Aborted by the first signal. */
	readonly finishRound: AbortSignal;
	/** Aborted by the second one. */
	readonly stopNow: AbortSignal;
	/** Listens no longer. */
	close(): void;
}

/** Listens for SIGINT and SIGTERM; `tell` shows what the first one does. */
export function listenForInterrupts(tell: (text: string) => void): Interrupts {
	const finishRound = new AbortController();
	const stopNow = new AbortController();
	const onSignal = (): void => {
		if (!finishRound.signal.aborted) {
			tell("Ending after this round, with a checkpoint. Press Ctrl-C again to stop at once.");
			finishRound.abort();
		} else {
			stopNow.abort(new FlSimError("FL_RUN_INTERRUPTED", "the run was stopped in the middle of a round"));
		}
	};
	process.on("SIGINT", onSignal);
	process.on("SIGTERM", onSignal);
	return {
		finishRound: finishRound.signal,
		stopNow: stopNow.signal,
		close() {
			process.off("SIGINT", onSignal);
			process.off("SIGTERM", onSignal);
		},
	};
}

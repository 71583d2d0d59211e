/** Tells those who wait that something has changed. */
export class ChangeSignal {
	readonly #waiting = new Set<() => void>();

	changed(): void {
		for (const wake of this.#waiting) wake();
	}

	/** Resolves at the next change, or when `signal` aborts. */
	next(signal: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			const wake = (): void => {
				this.#waiting.delete(wake);
				signal.removeEventListener("abort", wake);
				resolve();
			};
			if (signal.aborted) return resolve();
			this.#waiting.add(wake);
			signal.addEventListener("abort", wake, { once: true });
		});
	}
}

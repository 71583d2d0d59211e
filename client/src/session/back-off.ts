/** Longest first and longest later wait, in milliseconds. */
const firstDelay = 500;
const longestDelay = 30_000;
/** A connection that lived so long was a good one. */
const goodConnection = 10_000;

/** What became of a connection. */
export interface PastConnection {
	/** How long it lasted. */
	readonly milliseconds: number;
	/** Whether the server counted an answer meanwhile, or told that the run is about to end. */
	readonly wasUseful: boolean;
}

/**
 * Waits between attempts to connect: exponential back-off with full jitter, so that many clients of a server that
 * comes back do not come all at once. M. Brooker, "Exponential Backoff And Jitter" (2015).
 */
export class BackOff {
	readonly #random: () => number;
	#attempts = 0;

	/** `random` is uniform over [0, 1). */
	constructor(random: () => number) {
		this.#random = random;
	}

	/** Milliseconds to wait before the next attempt. */
	next(): number {
		const longest = Math.min(longestDelay, firstDelay * 2 ** this.#attempts);
		this.#attempts += 1;
		return this.#random() * longest;
	}

	/**
	 * A connection to a server that welcomed this client has ended. After a good one, which lasted or was useful, the next wait is short again; a server that ends at once whenever it is reached is left alone for longer each time.
	 */
	connectionEnded({ milliseconds, wasUseful }: PastConnection): void {
		if (wasUseful || milliseconds >= goodConnection) this.#attempts = 0;
	}
}

/** Longest first and longest later wait, in milliseconds. */
const firstDelay = 500;
const longestDelay = 30_000;
/** A connection that lived so long was a good one: the next wait is short again. */
const goodConnection = 10_000;

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

	/** Tells how long a connection to a server that welcomed this client lasted, in milliseconds. */
	connectionLasted(milliseconds: number): void {
		if (milliseconds >= goodConnection) this.#attempts = 0;
	}
}

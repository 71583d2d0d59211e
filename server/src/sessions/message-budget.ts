/**
 * Small frames that a client may send at once, in each second after that, and for each thing it is asked for; and how
 * many more it may send, ever more slowly, until that is a flood.
 */
export const messageBudget = { burst: 1000, perSecond: 200, perRequest: 5, excess: 2000 } as const;

/** Counts small frames: a bucket that fills with time, and with what the server asks. */
export class MessageBudget {
	#tokens: number = messageBudget.burst;
	#filledAt: number;
	#numAsked = 0;
	/** Frames over the budget since half of a burst was there. */
	#excess = 0;

	constructor(now: number) {
		this.#filledAt = now;
	}

	/**
	 * Takes one frame out of the budget.
	 *
	 * @param numAsked how often the client was asked for something so far: its frames in answer are never too many
	 * @returns for how many milliseconds no other should be read, 0 for none; infinity for a flood
	 */
	take(now: number, numAsked: number): number {
		const { burst, perSecond, perRequest, excess } = messageBudget;
		const earned = ((now - this.#filledAt) / 1000) * perSecond + (numAsked - this.#numAsked) * perRequest;
		this.#tokens = Math.min(burst, this.#tokens + earned) - 1;
		this.#filledAt = now;
		this.#numAsked = numAsked;
		if (this.#tokens >= burst / 2) this.#excess = 0;
		if (this.#tokens < 0) this.#excess += 1;
		if (this.#excess > excess) return Number.POSITIVE_INFINITY;
		return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens / perSecond) * 1000);
	}
}

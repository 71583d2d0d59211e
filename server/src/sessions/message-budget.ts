/** Small frames that a client may send at once, in each second after that, and for each thing it is asked for. */
export const messageBudget = { burst: 1000, perSecond: 200, perRequest: 5 } as const;

/** Counts small frames: a bucket that fills with time, and with what the server asks. */
export class MessageBudget {
	#tokens: number = messageBudget.burst;
	#filledAt: number;
	#numAsked = 0;

	constructor(now: number) {
		this.#filledAt = now;
	}

	/**
	 * Takes one frame out of the budget.
	 *
	 * @param numAsked how often the client was asked for something so far: its frames in answer are never too many
	 * @returns for how many milliseconds no other should be read, 0 for none
	 */
	take(now: number, numAsked: number): number {
		const { burst, perSecond, perRequest } = messageBudget;
		const earned = ((now - this.#filledAt) / 1000) * perSecond + (numAsked - this.#numAsked) * perRequest;
		this.#tokens = Math.min(burst, this.#tokens + earned) - 1;
		this.#filledAt = now;
		this.#numAsked = numAsked;
		return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens / perSecond) * 1000);
	}
}

/** Control frames that a client may send at once, and in each second after that. */
export const messageBudget = { burst: 1000, perSecond: 200 } as const;

/** Counts control frames: a bucket that fills with time. */
export class MessageBudget {
	#tokens: number = messageBudget.burst;
	#filledAt: number;

	constructor(now: number) {
		this.#filledAt = now;
	}

	/** Takes one frame out of the budget; returns for how many milliseconds no other should be read, 0 for none. */
	take(now: number): number {
		const { burst, perSecond } = messageBudget;
		this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond) - 1;
		this.#filledAt = now;
		return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens / perSecond) * 1000);
	}
}

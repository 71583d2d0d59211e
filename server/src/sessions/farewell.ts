/** Who still has to hear that the run is over: the server stays for them. */
export class Farewell {
	readonly #waiting: Set<number>;
	readonly #done = Promise.withResolvers<void>();

	constructor(clients: Iterable<number>) {
		this.#waiting = new Set(clients);
		this.#tell();
	}

	/** How many have not heard it. */
	get numWaiting(): number {
		return this.#waiting.size;
	}

	/** This client has heard it, or does not come back. */
	done(client: number): void {
		this.#waiting.delete(client);
		this.#tell();
	}

	/** Resolves when nobody is waited for any more, or when `hurry` aborts. */
	async end(hurry: AbortSignal): Promise<void> {
		const onHurry = (): void => this.#done.resolve();
		hurry.addEventListener("abort", onHurry, { once: true });
		if (hurry.aborted) onHurry();
		await this.#done.promise;
		hurry.removeEventListener("abort", onHurry);
	}

	#tell(): void {
		if (this.#waiting.size === 0) this.#done.resolve();
	}
}

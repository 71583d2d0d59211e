import type { Timer } from "./ports.ts";

/** Time that passes only when a test says so. */
export class ManualTimer implements Timer {
	#now = 0;
	readonly #calls = new Map<number, { readonly at: number; readonly callback: () => void }>();
	#lastId = 0;

	now(): number {
		return this.#now;
	}

	after(milliseconds: number, callback: () => void): () => void {
		this.#lastId += 1;
		const id = this.#lastId;
		this.#calls.set(id, { at: this.#now + milliseconds, callback });
		return () => this.#calls.delete(id);
	}

	/** Calls that are waited for. */
	get numWaiting(): number {
		return this.#calls.size;
	}

	/** Lets so many milliseconds pass, and what is due happen in its order. */
	async advance(milliseconds: number): Promise<void> {
		const end = this.#now + milliseconds;
		for (;;) {
			await settle();
			const [next] = [...this.#calls].sort(([, a], [, b]) => a.at - b.at);
			if (next === undefined || next[1].at > end) break;
			this.#calls.delete(next[0]);
			this.#now = Math.max(this.#now, next[1].at);
			next[1].callback();
		}
		this.#now = end;
	}
}

/** Lets everything happen that waits for nothing outside. */
export async function settle(): Promise<void> {
	for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

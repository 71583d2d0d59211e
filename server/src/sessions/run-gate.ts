import type { ChangeSignal } from "./change-signal.ts";

/** Whether rounds may begin, as whoever controls the run says. */
export class RunGate {
	#isStarted = false;
	#isPaused = false;
	#isWaiting = true;
	readonly #change: ChangeSignal;
	readonly #onWaiting: (present: number, needed: number) => void;

	/** `onWaiting` is told whenever a round cannot begin for want of clients. */
	constructor(change: ChangeSignal, onWaiting: (present: number, needed: number) => void) {
		this.#change = change;
		this.#onWaiting = onWaiting;
	}

	/** Somebody asked to start with those who are there. */
	get isStarted(): boolean {
		return this.#isStarted;
	}

	get isPaused(): boolean {
		return this.#isPaused;
	}

	/** No round is under way, and none can begin. */
	get isWaiting(): boolean {
		return this.#isWaiting;
	}

	start(): void {
		this.#isStarted = true;
		this.#change.changed();
	}

	pause(): void {
		this.#isPaused = true;
	}

	continue(): void {
		this.#isPaused = false;
		this.#change.changed();
	}

	running(): void {
		this.#isWaiting = false;
	}

	waiting(present: number, needed: number): void {
		this.#isWaiting = true;
		if (!this.#isPaused) this.#onWaiting(present, needed);
	}
}

import { patienceInHeartbeats } from "@fl-sim/protocol";
import type { Timer } from "./ports.ts";

/** What to do when nothing happens. */
export interface LivenessActions {
	/** Nothing was sent for an interval. */
	beat(): void;
	/** Nothing came for so long that the connection counts as dead. */
	dead(silentSeconds: number): void;
}

/** Watches one connection: sends signs of life, and misses those of the other side. */
export class Liveness {
	readonly #timer: Timer;
	readonly #actions: LivenessActions;
	/** Milliseconds; no beats before it is known. */
	#interval = Number.POSITIVE_INFINITY;
	#patience: number;
	#lastSent: number;
	#lastHeard: number;
	#cancel: () => void = () => undefined;
	#isStopped = false;

	/** @param firstPatience milliseconds that the other side has before the interval is agreed upon */
	constructor(timer: Timer, actions: LivenessActions, firstPatience: number) {
		this.#timer = timer;
		this.#actions = actions;
		this.#patience = firstPatience;
		this.#lastSent = timer.now();
		this.#lastHeard = timer.now();
		this.#schedule();
	}

	agree(heartbeatSeconds: number): void {
		this.#interval = heartbeatSeconds * 1000;
		this.#patience = this.#interval * patienceInHeartbeats;
		this.#schedule();
	}

	sent(): void {
		this.#lastSent = this.#timer.now();
	}

	heard(): void {
		this.#lastHeard = this.#timer.now();
	}

	stop(): void {
		this.#isStopped = true;
		this.#cancel();
	}

	#schedule(): void {
		this.#cancel();
		if (this.#isStopped) return;
		const next = Math.min(this.#lastSent + this.#interval, this.#lastHeard + this.#patience);
		this.#cancel = this.#timer.after(Math.max(0, next - this.#timer.now()), () => this.#look());
	}

	#look(): void {
		const now = this.#timer.now();
		if (now - this.#lastHeard >= this.#patience) {
			this.stop();
			this.#actions.dead((now - this.#lastHeard) / 1000);
			return;
		}
		if (now - this.#lastSent >= this.#interval) {
			this.sent();
			this.#actions.beat();
		}
		this.#schedule();
	}
}

import { type LossReason, randomStream } from "@fl-sim/core";

/** The scenario's `system` section. */
export interface SystemSettings {
	/** Probability that a selected client can be reached. */
	readonly availability: number;
	/** Probability that a client that was reached is lost before it answers. */
	readonly dropout: number;
	readonly stragglers: {
		/** Share of the clients that are slow. */
		readonly fraction: number;
		/** How many times longer a slow client takes for a step. */
		readonly slowdown: number;
		/** At the deadline a slow client is dropped, or sends what it has. */
		readonly policy: "drop" | "partial";
	};
	/** Simulated time of a local step at normal speed. */
	readonly secondsPerStep: number;
	readonly deadlineSeconds?: number | undefined;
}

/** What happens to a client in a round, decided before it starts. */
export type ClientFate =
	| { readonly status: "answers"; readonly workFraction: number }
	| { readonly status: LossReason };

/** Draws fates from the seed: equal in every run, whoever computes them and in any order. */
export interface SystemModel {
	/** `steps` is the client's full local work. */
	fate(round: number, client: number, steps: number): ClientFate;
	/** Simulated duration of `steps` local steps on this client. */
	secondsFor(client: number, steps: number): number;
	readonly deadlineSeconds: number | undefined;
}

export function createSystemModel(settings: SystemSettings, seed: number): SystemModel {
	const { availability, dropout, stragglers, secondsPerStep, deadlineSeconds } = settings;

	function secondsFor(client: number, steps: number): number {
		const isSlow =
			stragglers.fraction > 0 &&
			randomStream(seed, "system", "speed", client).uniform() < stragglers.fraction;
		return steps * secondsPerStep * (isSlow ? stragglers.slowdown : 1);
	}

	function fate(round: number, client: number, steps: number): ClientFate {
		if (availability < 1 || dropout > 0) {
			const random = randomStream(seed, "system", "round", round, "client", client);
			if (random.uniform() >= availability) return { status: "unavailable" };
			if (random.uniform() < dropout) return { status: "dropped" };
		}
		const seconds = secondsFor(client, steps);
		if (deadlineSeconds === undefined || seconds <= deadlineSeconds)
			return { status: "answers", workFraction: 1 };
		const workFraction = Math.floor((deadlineSeconds / seconds) * steps) / steps;
		if (stragglers.policy === "drop" || workFraction === 0) return { status: "deadline" };
		return { status: "answers", workFraction };
	}

	return { fate, secondsFor, deadlineSeconds };
}

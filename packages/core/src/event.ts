import type { ClientReport } from "./algorithm.ts";

/** Why a client's answer is missing from a round. */
export type LossReason =
	/** It could not be reached: nothing was sent. */
	| "unavailable"
	/** Lost before it answered, by the system model. */
	| "dropped"
	/** Not done in time. */
	| "deadline"
	/** Its connection ended and did not come back. */
	| "disconnected"
	/** Its answer was not acceptable. */
	| "rejected"
	/** Its code failed. */
	| "failed"
	/** Enough others had answered. */
	| "surplus";

/** Payload bytes, as encoded, of one direction pair. */
export interface Traffic {
	/** From the server to clients. */
	readonly downBytes: number;
	/** From clients to the server. */
	readonly upBytes: number;
}

/** How one client does on its own test examples. */
export interface ClientEvaluation {
	readonly client: number;
	readonly accuracy: number;
	readonly loss: number;
	readonly numExamples: number;
}

/** A value for each pair of some clients: `values[i][j]` is about `clients[i]` and `clients[j]`. */
export interface ClientMatrix {
	readonly clients: readonly number[];
	readonly values: readonly (readonly number[])[];
}

/**
 * Everything that happens in a run, in order. Fields that depend on the clock end in `wallSeconds`; all others
 * are equal in every run of the same plan.
 */
export type RunEvent =
	| {
			readonly type: "run.started";
			readonly run: string;
			readonly algorithm: string;
			readonly backend: string;
			readonly seed: number;
			readonly rounds: number;
			readonly population: number;
			readonly parameters: number;
			readonly workers: number;
			/** The round after which this run goes on, when it was resumed. */
			readonly resumedAfterRound?: number;
	  }
	| { readonly type: "round.started"; readonly round: number; readonly cohort: readonly number[] }
	| ({
			readonly type: "client.replied";
			readonly round: number;
			readonly phase: string;
			readonly client: number;
			readonly report: ClientReport;
			/** Time this client would have taken, by the system model. */
			readonly simulatedSeconds: number;
			readonly wallSeconds: number;
	  } & Traffic)
	| ({
			readonly type: "client.lost";
			readonly round: number;
			readonly phase: string;
			readonly client: number;
			readonly reason: LossReason;
	  } & Traffic)
	| ({
			readonly type: "round.finished";
			readonly round: number;
			readonly replied: number;
			readonly lost: number;
			/** Mean of the clients' training losses, weighted by examples; NaN when nobody answered. */
			readonly trainLoss: number;
			readonly totalDownBytes: number;
			readonly totalUpBytes: number;
			/** Simulated time of this round and since the start. */
			readonly simulatedSeconds: number;
			readonly totalSimulatedSeconds: number;
			readonly wallSeconds: number;
			readonly totalWallSeconds: number;
	  } & Traffic)
	| {
			readonly type: "evaluated.central";
			readonly round: number;
			readonly accuracy: number;
			readonly loss: number;
			readonly numExamples: number;
			readonly wallSeconds: number;
	  }
	| {
			readonly type: "evaluated.clients";
			readonly round: number;
			readonly clients: readonly ClientEvaluation[];
			readonly wallSeconds: number;
	  }
	/** What the method itself has measured in a round. */
	| {
			readonly type: "measured";
			readonly round: number;
			readonly name: string;
			readonly value: number | ClientMatrix;
	  }
	/** Clients' own models after the round; the bytes are those of the evaluation itself and in no total. */
	| ({
			readonly type: "evaluated.personal";
			readonly round: number;
			readonly clients: readonly ClientEvaluation[];
			readonly wallSeconds: number;
	  } & Traffic)
	| { readonly type: "checkpoint.written"; readonly round: number; readonly file: string }
	| {
			readonly type: "run.finished";
			readonly round: number;
			readonly reason: StopReason;
			readonly weightsSha256: string;
			readonly totalWallSeconds: number;
	  }
	| {
			readonly type: "run.interrupted";
			readonly round: number;
			readonly totalWallSeconds: number;
	  }
	| {
			readonly type: "run.failed";
			readonly round: number;
			readonly code: string;
			readonly message: string;
	  };

/** Why a run ended well. */
export type StopReason = "rounds" | "targetAccuracy" | "byteBudget";

import { type Fold, type Vector, type WeightedSum, weightedMean } from "@fl-sim/core";
import { unpackBits } from "../compression/bit-packing.ts";

/** What a client sends: the signs of its gradient, and how far its running statistics moved. */
export interface Ballot {
	/** A bit for each trained parameter, 1 for +1. */
	readonly signs: Uint8Array;
	readonly statistics: Vector;
}

export interface VoteResult {
	/** +1 or -1 for each bit, spare ones included: as most clients have it, +1 where as many are for one as for the other. */
	readonly vote: Int8Array;
	/** Mean over the clients. */
	readonly statistics: Vector;
}

interface Count {
	/** Votes for +1 minus votes for -1. */
	readonly balance: Int32Array;
	readonly statistics: WeightedSum;
}

const meanStatistics = weightedMean<Ballot>(
	(ballot) => ballot.statistics,
	() => 1,
);

/** Counts votes on signs. Every client has one vote, whatever its size. */
export const majorityVote: Fold<Ballot, Count, VoteResult> = {
	leaf(ballot, client) {
		const balance = new Int32Array(unpackBits(ballot.signs, 1, 8 * ballot.signs.length));
		for (let i = 0; i < balance.length; i++) balance[i] = 2 * (balance[i] as number) - 1;
		return { balance, statistics: meanStatistics.leaf(ballot, client) };
	},
	merge({ balance, statistics }, right) {
		for (let i = 0; i < balance.length; i++) {
			balance[i] = (balance[i] as number) + (right.balance[i] as number);
		}
		return { balance, statistics: meanStatistics.merge(statistics, right.statistics) };
	},
	finish: ({ balance, statistics }) => ({
		vote: new Int8Array(balance.map((difference) => (difference >= 0 ? 1 : -1))),
		statistics: meanStatistics.finish(statistics).mean,
	}),
};

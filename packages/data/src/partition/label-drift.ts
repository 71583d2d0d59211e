import { z } from "zod";
import { divideByClientDistributions, totalConcentration } from "./dirichlet-per-client.ts";
import { partitionImpossible } from "./impossible.ts";
import { type Partitioner, partitionFields } from "./partitioner.ts";

const options = z.strictObject({
	name: z.literal("label-drift"),
	alpha: totalConcentration,
	startRound: z.int().min(0).default(1).describe("Round in which the labels begin to move"),
	rounds: z.int().min(1).default(100).describe("Length of the transition in rounds; 1 is a sudden change"),
	period: z.int().min(1).default(10).describe("Rounds between two steps of the transition"),
	...partitionFields,
});

/**
 * Prior drift: the labels of client i follow (1 - a(t)) q_i + a(t) q'_i, where a(t) rises from 0 to 1 and q_i, q'_i are
 * two draws as in `dirichlet-per-client`. A client owns examples of both; in each round it sees as many as one
 * draw has, so that old examples give way to new ones.
 */
export const labelDrift: Partitioner<typeof options> = {
	name: "label-drift",
	title: "Label drift: each client's label distribution moves to another one over the rounds",
	options,
	divide(input) {
		const { labels, numClients } = input;
		if (2 * numClients > labels.length) {
			throw partitionImpossible(
				`${numClients} clients need an example before and one after the drift, there are ${labels.length} in all`,
				{
					fix: `Lower clients.number to ${Math.floor(labels.length / 2)} or less.`,
					details: { numClients, numExamples: labels.length },
				},
			);
		}
		return divideByClientDistributions({ ...input, numClients: 2 * numClients });
	},
	drift: ({ startRound, rounds, period }) => ({ startRound, rounds, period }),
};

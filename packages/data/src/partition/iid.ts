import { positionsOf, type RandomStream, shuffle } from "@fl-sim/core";
import { z } from "zod";
import { deal, evenShares } from "./dealing.ts";
import { type Partitioner, partitionFields } from "./partitioner.ts";

const options = z.strictObject({ name: z.literal("iid"), ...partitionFields });

/** Shuffles all examples and deals them out evenly: sizes differ by at most 1, nothing is left over. */
export const iid: Partitioner<typeof options> = {
	name: "iid",
	title: "IID: every client has a random sample of equal size",
	options,
	divide: ({ labels, numClients, random }) => divideEvenly(labels.length, numClients, random),
};

/** Random lists of equal length (to within 1) that cover 0 .. numExamples - 1. */
export function divideEvenly(numExamples: number, numClients: number, random: RandomStream): Uint32Array[] {
	const pool = shuffle(random.derive("order"), positionsOf(numExamples));
	return deal([pool], [evenShares(numExamples, numClients)], numClients);
}

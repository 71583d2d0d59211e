import { positionsOf, shuffle } from "@fl-sim/core";
import { z } from "zod";
import { positionsByKey } from "./dealing.ts";
import { partitionImpossible } from "./impossible.ts";
import { type Partitioner, partitionFields } from "./partitioner.ts";

const options = z.strictObject({
	name: z.literal("shards"),
	shardsPerClient: z
		.int()
		.min(1)
		.default(2)
		.describe("Number of equal shards of the sorted data for each client"),
	...partitionFields,
});

/**
 * The pathological split of McMahan et al. (2017): the examples sorted by label are cut into equal shards, and each
 * client gets some of them at random. The remainder of the division belongs to nobody.
 */
export const shards: Partitioner<typeof options> = {
	name: "shards",
	title: "Shards: data sorted by label, each client with a few random pieces",
	options,
	divide({ labels, numClasses, numClients, random, options: { shardsPerClient } }) {
		const numShards = numClients * shardsPerClient;
		const size = Math.floor(labels.length / numShards);
		if (size === 0) {
			throw partitionImpossible(
				`${numClients} clients with ${shardsPerClient} shards each need ${numShards} examples, there are ` +
					`${labels.length}`,
				{
					fix: "Lower partition.shardsPerClient or clients.number.",
					details: { numClients, shardsPerClient, numExamples: labels.length },
				},
			);
		}
		const sorted = new Uint32Array(labels.length);
		let filled = 0;
		for (const list of positionsByKey(labels, numClasses)) {
			sorted.set(list, filled);
			filled += list.length;
		}
		const order = shuffle(random.derive("order"), positionsOf(numShards));
		return Array.from({ length: numClients }, (_, client) => {
			const list = new Uint32Array(shardsPerClient * size);
			for (let i = 0; i < shardsPerClient; i++) {
				const shard = order[client * shardsPerClient + i] as number;
				list.set(sorted.subarray(shard * size, (shard + 1) * size), i * size);
			}
			return list;
		});
	},
};

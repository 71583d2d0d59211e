import { sampleWithoutReplacement } from "@fl-sim/core";
import { z } from "zod";
import { partitionImpossible } from "./impossible.ts";
import { type Partitioner, partitionFields } from "./partitioner.ts";

const options = z.strictObject({
	name: z.literal("natural"),
	ownersPerClient: z.int().min(1).default(1).describe("Number of owners whose examples one client holds"),
	...partitionFields,
});

/**
 * One client for each natural owner (writer, speaker, user), or for several. When there are more owners than
 * needed, those taken are drawn at random; client numbers follow the order of the owners. Sources that generate
 * owners on demand have as many as needed, and are opened without this division.
 */
export const natural: Partitioner<typeof options> = {
	name: "natural",
	title: "Natural: one client per writer, speaker or user",
	options,
	divide({ owners, numClients, random, options: { ownersPerClient } }) {
		if (owners === undefined) {
			throw partitionImpossible("the data set does not say who owns each example", {
				fix: "Use a data set with owners, or another partition.",
			});
		}
		const lists = positionsByOwner(owners);
		const needed = numClients * ownersPerClient;
		if (needed > lists.length) {
			throw partitionImpossible(
				`${numClients} clients with ${ownersPerClient} owner(s) each need ${needed} owners, there are ` +
					`${lists.length}`,
				{
					fix: `Lower clients.number to ${Math.floor(lists.length / ownersPerClient)} or less.`,
					details: { numClients, ownersPerClient, numOwners: lists.length },
				},
			);
		}
		const taken = sampleWithoutReplacement(random.derive("owners"), lists.length, needed);
		return Array.from({ length: numClients }, (_, client) => {
			const own = taken.slice(client * ownersPerClient, (client + 1) * ownersPerClient);
			return Uint32Array.from(own.flatMap((place) => lists[place] as number[]));
		});
	},
};

/** Positions of the examples of each owner that has any, in the order of the owners' numbers. */
function positionsByOwner(owners: Int32Array): number[][] {
	const byOwner = new Map<number, number[]>();
	owners.forEach((owner, position) => {
		const list = byOwner.get(owner);
		if (list === undefined) byOwner.set(owner, [position]);
		else list.push(position);
	});
	return [...byOwner].sort(([a], [b]) => a - b).map(([, list]) => list);
}

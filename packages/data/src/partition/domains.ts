import { z } from "zod";
import { deal, evenShares, positionsByKey, shuffleEach } from "./dealing.ts";
import { partitionImpossible } from "./impossible.ts";
import { type Partitioner, partitionFields } from "./partitioner.ts";

const options = z.strictObject({ name: z.literal("domains"), ...partitionFields });

/**
 * One domain per client, as in FedBN (Li et al. 2021): client k has domain k mod D, and the clients of a domain share
 * its examples equally.
 */
export const domains: Partitioner<typeof options> = {
	name: "domains",
	title: "Domains: each client has examples of one visual domain",
	options,
	divide({ domains: ofExample, numClients, random }) {
		if (ofExample === undefined) {
			throw partitionImpossible("the data set does not say which domain each example belongs to", {
				fix: "Use a data set with domains, or another partition.",
			});
		}
		const highest = ofExample.reduce((a, b) => Math.max(a, b), 0);
		const pools = shuffleEach(positionsByKey(ofExample, highest + 1), random).filter(
			(pool) => pool.length > 0,
		);
		if (numClients < pools.length) {
			throw partitionImpossible(
				`${numClients} clients for ${pools.length} domains leave domains without a client`,
				{
					fix: `Raise clients.number to ${pools.length} or more.`,
					details: { numClients, numDomains: pools.length },
				},
			);
		}
		const shares = pools.map((pool, domain) => {
			const share = Array.from({ length: numClients }, () => 0);
			const counts = evenShares(pool.length, Math.ceil((numClients - domain) / pools.length));
			counts.forEach((count, place) => {
				share[domain + place * pools.length] = count;
			});
			return share;
		});
		return deal(pools, shares, numClients);
	},
};

import { z } from "zod";
import { classDirichletFields, drawClassShares } from "./class-dirichlet.ts";
import { deal, positionsByKey, shuffleEach } from "./dealing.ts";
import { type Partitioner, partitionFields } from "./partitioner.ts";

const options = z.strictObject({
	name: z.literal("long-tail"),
	imbalanceFactor: z
		.number()
		.min(1)
		.default(50)
		.describe("Size of the first class divided by that of the last"),
	...classDirichletFields,
	...partitionFields,
});

/**
 * A globally imbalanced data set: class k keeps floor(largest * factor^(-k / (K - 1))) examples, the rest belongs to
 * nobody; what is kept is divided as in `dirichlet` (Shang et al. 2022). The central test set stays as it is.
 */
export const longTail: Partitioner<typeof options> = {
	name: "long-tail",
	title: "Long tail: class sizes fall exponentially, then Dirichlet per class",
	options,
	divide({ labels, numClasses, numClients, random, options: { imbalanceFactor, alpha, balance, minSize } }) {
		const pools = shuffleEach(positionsByKey(labels, numClasses), random);
		const largest = pools.reduce((size, pool) => Math.max(size, pool.length), 0);
		const classSizes = pools.map((pool, label) => {
			const kept = Math.floor(largest * imbalanceFactor ** (-label / Math.max(1, numClasses - 1)));
			return Math.min(pool.length, kept);
		});
		const shares = drawClassShares({ classSizes, numClients, alpha, balance, minSize, random });
		return deal(pools, shares, numClients);
	},
};

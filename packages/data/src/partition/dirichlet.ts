import { z } from "zod";
import { classDirichletFields, drawClassShares } from "./class-dirichlet.ts";
import { deal, positionsByKey, shuffleEach } from "./dealing.ts";
import { type Partitioner, partitionFields } from "./partitioner.ts";

const options = z.strictObject({ name: z.literal("dirichlet"), ...classDirichletFields, ...partitionFields });

/** Label and size skew of NIID-Bench (Li et al. 2022): each class is divided in Dirichlet proportions. */
export const dirichlet: Partitioner<typeof options> = {
	name: "dirichlet",
	title: "Dirichlet per class: each class divided among the clients in random proportions",
	options,
	divide({ labels, numClasses, numClients, random, options: { alpha, balance, minSize } }) {
		const pools = shuffleEach(positionsByKey(labels, numClasses), random);
		const classSizes = pools.map((pool) => pool.length);
		const shares = drawClassShares({ classSizes, numClients, alpha, balance, minSize, random });
		return deal(pools, shares, numClients);
	},
};

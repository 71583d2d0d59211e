import { z } from "zod";
import { drawClientShares } from "./client-dirichlet.ts";
import { deal, positionsByKey, shuffleEach } from "./dealing.ts";
import { type Partitioner, type PartitionInput, partitionFields } from "./partitioner.ts";

export const totalConcentration = z
	.number()
	.positive()
	.default(1)
	.describe(
		"Total concentration of a client's label distribution around the global one: with K balanced classes, alpha " +
			"here corresponds to alpha / K in `dirichlet`. 100 is nearly IID, 0.1 nearly one class per client",
	);

const options = z.strictObject({
	name: z.literal("dirichlet-per-client"),
	alpha: totalConcentration,
	...partitionFields,
});

/** Label skew of Hsu et al. (2019): equal sizes, each client with a label distribution of its own. */
export const dirichletPerClient: Partitioner<typeof options> = {
	name: "dirichlet-per-client",
	title: "Dirichlet per client: equal sizes, a random label distribution for each client",
	options,
	divide: divideByClientDistributions,
};

/** Lists of floor(numExamples / numClients) examples each; the remainder belongs to nobody. */
export function divideByClientDistributions(
	input: PartitionInput<{ readonly alpha: number }>,
): readonly Uint32Array[] {
	const { labels, numClasses, numClients, random, options } = input;
	const pools = shuffleEach(positionsByKey(labels, numClasses), random);
	const shares = drawClientShares({
		classSizes: pools.map((pool) => pool.length),
		numClients,
		sizePerClient: Math.floor(labels.length / numClients),
		alpha: options.alpha,
		random,
	});
	return deal(pools, shares, numClients);
}

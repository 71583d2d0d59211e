import { dirichlet, logNormal, positionsOf, type RandomStream, shuffle } from "@fl-sim/core";
import { z } from "zod";
import { deal, proportionalShares } from "./dealing.ts";
import { drawUntilMinimumSize } from "./minimum-size.ts";
import { type Partitioner, partitionFields } from "./partitioner.ts";

const options = z.strictObject({
	name: z.literal("quantity"),
	sizes: z
		.enum(["dirichlet", "log-normal"])
		.default("dirichlet")
		.describe("Distribution of the clients' sizes, which always add up to all examples"),
	alpha: z
		.number()
		.positive()
		.default(0.5)
		.describe("Concentration of the Dirichlet sizes; smaller is more unequal"),
	sigma: z
		.number()
		.min(0)
		.default(0.3)
		.describe("Deviation of the log of the log-normal sizes; 0 gives equal sizes"),
	minSize: z.int().min(1).default(10).describe("Redraw until every client has this many examples"),
	...partitionFields,
});

/**
 * Clients of unequal size with the global label distribution: Dirichlet sizes as in NIID-Bench (Li et al. 2022), or
 * log-normal ones as in FedDyn (Acar et al. 2021).
 */
export const quantity: Partitioner<typeof options> = {
	name: "quantity",
	title: "Quantity skew: clients of unequal size, labels IID",
	options,
	divide({ labels, numClients, random, options: { sizes, alpha, sigma, minSize } }) {
		const numExamples = labels.length;
		const remedy = sizes === "dirichlet" ? "raise partition.alpha" : "lower partition.sigma";
		const shares = drawUntilMinimumSize({ minSize, numClients, numExamples, remedy }, (attempt) => {
			const stream = random.derive("sizes", attempt);
			const weights =
				sizes === "dirichlet"
					? dirichlet(
							stream,
							Array.from({ length: numClients }, () => alpha),
						)
					: logNormalWeights(stream, numClients, sigma);
			return [proportionalShares(numExamples, weights)];
		});
		return deal([shuffle(random.derive("order"), positionsOf(numExamples))], shares, numClients);
	},
};

function logNormalWeights(random: RandomStream, numClients: number, sigma: number): number[] {
	return Array.from({ length: numClients }, () => logNormal(random, 0, sigma));
}

import { dirichlet as drawDirichlet, type RandomStream } from "@fl-sim/core";
import { z } from "zod";
import { proportionalShares, type Shares } from "./dealing.ts";
import { drawUntilMinimumSize } from "./minimum-size.ts";

export const classDirichletFields = {
	alpha: z
		.number()
		.positive()
		.default(0.5)
		.describe("Concentration of each class over the clients: 0.1 is strong label skew, 100 is nearly IID"),
	balance: z
		.boolean()
		.default(true)
		.describe("Give no more of later classes to clients that already have the average number of examples"),
	minSize: z.int().min(1).default(10).describe("Redraw until every client has this many examples"),
};

export interface ClassDirichlet {
	/** Number of examples of each class, `[numClasses]`. */
	readonly classSizes: readonly number[];
	readonly numClients: number;
	readonly alpha: number;
	readonly balance: boolean;
	readonly minSize: number;
	readonly random: RandomStream;
}

/**
 * Divides each class among the clients in proportions from Dirichlet(alpha) until every client has `minSize`
 * examples (Yurochkin et al. 2019, with the size balancing of NIID-Bench, Li et al. 2022).
 */
export function drawClassShares(settings: ClassDirichlet): Shares {
	const { classSizes, numClients, minSize, random } = settings;
	const numExamples = classSizes.reduce((sum, size) => sum + size, 0);
	const remedy = "raise partition.alpha";
	return drawUntilMinimumSize({ minSize, numClients, numExamples, remedy }, (attempt) =>
		drawOnce(settings, numExamples / numClients, random.derive("proportions", attempt)),
	);
}

function drawOnce(settings: ClassDirichlet, averageSize: number, random: RandomStream): Shares {
	const { classSizes, numClients, alpha, balance } = settings;
	const sizes = new Float64Array(numClients);
	return classSizes.map((classSize) => {
		const open: number[] = [];
		for (let client = 0; client < numClients; client++) {
			if (!balance || (sizes[client] as number) < averageSize) open.push(client);
		}
		// Zeroing the closed clients of a Dirichlet draw and normalising gives a Dirichlet draw over the open
		// ones. Drawing that one directly never divides 0 by 0, however small alpha is.
		const proportions = drawDirichlet(
			random,
			Array.from({ length: open.length }, () => alpha),
		);
		const shares = Array.from({ length: numClients }, () => 0);
		proportionalShares(classSize, proportions).forEach((count, place) => {
			const client = open[place] as number;
			shares[client] = count;
			sizes[client] = (sizes[client] as number) + count;
		});
		return shares;
	});
}

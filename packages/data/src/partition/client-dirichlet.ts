import { categorical, dirichlet, type RandomStream } from "@fl-sim/core";
import type { Shares } from "./dealing.ts";

export interface ClientDirichlet {
	/** Number of examples of each class, `[numClasses]`. */
	readonly classSizes: readonly number[];
	readonly numClients: number;
	/** Examples of each client; `sizePerClient * numClients` may not exceed the number of examples. */
	readonly sizePerClient: number;
	/** Total concentration: the parameters of the draw are alpha times the share of each class. */
	readonly alpha: number;
	readonly random: RandomStream;
}

/**
 * Draws a label distribution for each client from Dirichlet(alpha * prior), then one example after the other in
 * turn over the clients. A class that runs out leaves every distribution; a client that is left without mass
 * takes from the classes that remain, uniformly (Hsu et al. 2019).
 */
export function drawClientShares(settings: ClientDirichlet): Shares {
	const { classSizes, numClients, sizePerClient, random } = settings;
	const distributions = drawDistributions(settings);
	const labelStream = random.derive("labels");
	const left = [...classSizes];
	const shares = classSizes.map(() => Array.from({ length: numClients }, () => 0));
	for (let turn = 0; turn < sizePerClient; turn++) {
		for (let client = 0; client < numClients; client++) {
			const own = distributions[client] as Float64Array;
			const hasMass = own.some((mass) => mass > 0);
			const weights = hasMass ? own : left.map((count) => (count > 0 ? 1 : 0));
			const label = categorical(labelStream, weights);
			(shares[label] as number[])[client] = ((shares[label] as number[])[client] as number) + 1;
			left[label] = (left[label] as number) - 1;
			if (left[label] === 0) for (const distribution of distributions) distribution[label] = 0;
		}
	}
	return shares;
}

function drawDistributions({ classSizes, numClients, alpha, random }: ClientDirichlet): Float64Array[] {
	const numExamples = classSizes.reduce((sum, size) => sum + size, 0);
	const present = classSizes.flatMap((size, label) => (size > 0 ? [label] : []));
	const concentrations = present.map((label) => (alpha * (classSizes[label] as number)) / numExamples);
	return Array.from({ length: numClients }, (_, client) => {
		const masses = dirichlet(random.derive("client", client), concentrations);
		const distribution = new Float64Array(classSizes.length);
		present.forEach((label, place) => {
			distribution[label] = masses[place] as number;
		});
		return distribution;
	});
}

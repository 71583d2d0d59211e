import type { ClientSplit, FederatedDataset } from "@fl-sim/core";
import { evenlySpaced } from "./evenly-spaced.ts";
import { distributionOf, effectiveClasses, gini, jensenShannon, median, totalVariation } from "./skew.ts";

/** Mean and extremes over the counted clients. */
export interface Spread {
	readonly mean: number;
	readonly min: number;
	readonly max: number;
}

/** How unequal the clients are. Distances are to the label distribution of all counted clients together. */
export interface SkewMeasures {
	/** Total-variation distance, 0 to 1. */
	readonly totalVariation: Spread;
	/** Jensen-Shannon divergence in bits, 0 to 1. */
	readonly jensenShannon: Spread;
	/** exp of the entropy of a client's labels, 1 to numClasses. */
	readonly effectiveClasses: Spread;
	/** Number of classes of which a client has an example. */
	readonly classesPresent: Spread;
	/** Share of a client's most frequent class. */
	readonly largestShare: Spread;
	/** Examples of a client. */
	readonly sizes: Spread & { readonly median: number; readonly total: number; readonly gini: number };
}

/** The labels of a federated data set, as plain data for reports. */
export interface PartitionSummary {
	readonly numClients: number;
	readonly numClasses: number;
	readonly classNames: readonly string[];
	/** The counted clients, ascending: all, or evenly spaced ones of a large population. */
	readonly clients: readonly number[];
	/** Examples (training, validation and test) by counted client and class, `[clients.length][numClasses]`. */
	readonly counts: readonly (readonly number[])[];
	/** The round that the counts are of. */
	readonly round: number;
	readonly skew: SkewMeasures;
}

export interface SummaryOptions {
	/** Matters under drift; standard: 1. */
	readonly round?: number;
	/** Clients counted at most; standard: 1,000. */
	readonly maxClients?: number;
}

/** Counts the labels of each client and measures how skewed they are. */
export function summarizePartition(
	dataset: FederatedDataset,
	options: SummaryOptions = {},
): PartitionSummary {
	const { round = 1, maxClients = 1_000 } = options;
	const { numClients, numClasses } = dataset;
	const clients = evenlySpaced(numClients, maxClients);
	const counts = clients.map((client) => countLabels(dataset.client(client, round), numClasses));
	const { classNames } = dataset.centralTest.examples;
	return {
		numClients,
		numClasses,
		classNames: classNames ?? Array.from({ length: numClasses }, (_, label) => String(label)),
		clients,
		counts,
		round,
		skew: measureSkew(counts),
	};
}

/** The skew measures of counts `[clients][classes]`. */
export function measureSkew(counts: readonly (readonly number[])[]): SkewMeasures {
	const sizes = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
	const whole = (counts[0] ?? []).map((_, label) => counts.reduce((sum, row) => sum + (row[label] ?? 0), 0));
	const global = distributionOf(whole);
	const local = counts.map(distributionOf);
	const sizeSpread = spreadOf(sizes);
	return {
		totalVariation: spreadOf(local.map((p) => totalVariation(p, global))),
		jensenShannon: spreadOf(local.map((p) => jensenShannon(p, global))),
		effectiveClasses: spreadOf(local.map(effectiveClasses)),
		classesPresent: spreadOf(counts.map((row) => row.filter((count) => count > 0).length)),
		largestShare: spreadOf(local.map((p) => Math.max(...p))),
		sizes: {
			...sizeSpread,
			median: median(sizes),
			total: sizes.reduce((sum, size) => sum + size, 0),
			gini: gini(sizes),
		},
	};
}

function countLabels({ train, validation, test }: ClientSplit, numClasses: number): number[] {
	const counts = Array.from({ length: numClasses }, () => 0);
	for (const { examples, indices } of [train, validation, test]) {
		for (const index of indices) {
			const label = examples.labels[index] as number;
			counts[label] = (counts[label] as number) + 1;
		}
	}
	return counts;
}

function spreadOf(values: readonly number[]): Spread {
	if (values.length === 0) return { mean: 0, min: 0, max: 0 };
	const sum = values.reduce((total, value) => total + value, 0);
	return {
		mean: sum / values.length,
		min: values.reduce((a, b) => Math.min(a, b)),
		max: values.reduce((a, b) => Math.max(a, b)),
	};
}

import type { ClientEvaluation } from "@fl-sim/core";

/** How accuracy is spread over clients in one evaluated round. */
export interface ClientStatistics {
	readonly numClients: number;
	/** Every client counts once, whatever its number of examples. */
	readonly mean: number;
	readonly median: number;
	/** Mean over the worst tenth of clients, rounded up to whole clients. */
	readonly worstDecile: number;
	readonly bestDecile: number;
	/** Of the population, not of a sample. */
	readonly standardDeviation: number;
	/** Jain's fairness index in [1/n, 1]; 1 when all clients are equal (Jain, Chiu and Hawe, 1984). */
	readonly jainIndex: number;
}

/** Statistics over clients that have test examples; undefined when there is none. */
export function clientStatistics(clients: readonly ClientEvaluation[]): ClientStatistics | undefined {
	const accuracies = clientAccuracies(clients).sort((a, b) => a - b);
	const numClients = accuracies.length;
	if (numClients === 0) return undefined;
	const tenth = Math.ceil(numClients / 10);
	const mean = meanOf(accuracies);
	const squares = meanOf(accuracies.map((accuracy) => accuracy ** 2));
	const deviations = meanOf(accuracies.map((accuracy) => (accuracy - mean) ** 2));
	const [lower, upper] = [(numClients - 1) >> 1, numClients >> 1];
	return {
		numClients,
		mean,
		median: ((accuracies[lower] as number) + (accuracies[upper] as number)) / 2,
		worstDecile: meanOf(accuracies.slice(0, tenth)),
		bestDecile: meanOf(accuracies.slice(-tenth)),
		standardDeviation: Math.sqrt(deviations),
		// All clients at zero are equal too.
		jainIndex: squares === 0 ? 1 : mean ** 2 / squares,
	};
}

/** Accuracies of the clients that have test examples. */
function clientAccuracies(clients: readonly ClientEvaluation[]): number[] {
	return clients
		.filter(({ accuracy, numExamples }) => numExamples > 0 && Number.isFinite(accuracy))
		.map(({ accuracy }) => accuracy);
}

export const histogramBins = 20;

/** Number of clients in each of 20 equal bins over [0, 1]; an accuracy of 1 is in the last. */
export function accuracyHistogram(clients: readonly ClientEvaluation[]): number[] {
	const counts = Array.from<number>({ length: histogramBins }).fill(0);
	for (const accuracy of clientAccuracies(clients)) {
		// The small shift keeps 0.15, which floats store as less, in the bin that starts there.
		const bin = Math.min(histogramBins - 1, Math.max(0, Math.floor(accuracy * histogramBins + 1e-9)));
		counts[bin] = (counts[bin] as number) + 1;
	}
	return counts;
}

function meanOf(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

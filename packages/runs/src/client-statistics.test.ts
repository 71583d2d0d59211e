import type { ClientEvaluation } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { accuracyHistogram, clientStatistics } from "./client-statistics.ts";

const clientsWith = (accuracies: readonly number[]): ClientEvaluation[] =>
	accuracies.map((accuracy, client) => ({ client, accuracy, loss: 1 - accuracy, numExamples: 10 }));

test("statistics of ten clients equal those worked out by hand", () => {
	const statistics = clientStatistics(clientsWith([1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]));
	expect(statistics?.mean).toBeCloseTo(0.55);
	expect(statistics?.median).toBeCloseTo(0.55);
	expect(statistics?.worstDecile).toBeCloseTo(0.1);
	expect(statistics?.bestDecile).toBeCloseTo(1);
	expect(statistics?.standardDeviation).toBeCloseTo(Math.sqrt(0.0825));
	expect(statistics?.jainIndex).toBeCloseTo(5.5 ** 2 / (10 * 3.85));
});

test("a tenth of eleven clients is two clients", () => {
	const accuracies = [0.1, 0.3, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.8, 1];
	expect(clientStatistics(clientsWith(accuracies))?.worstDecile).toBeCloseTo(0.2);
	expect(clientStatistics(clientsWith(accuracies))?.bestDecile).toBeCloseTo(0.9);
});

test("clients without test examples do not count, and no client gives no statistics", () => {
	const empty: ClientEvaluation = { client: 9, accuracy: Number.NaN, loss: Number.NaN, numExamples: 0 };
	expect(clientStatistics([...clientsWith([0.5]), empty])?.numClients).toBe(1);
	expect(clientStatistics([empty])).toBeUndefined();
	expect(accuracyHistogram([empty])).toEqual(Array.from({ length: 20 }, () => 0));
});

test("clients that are all equally bad are perfectly fair", () => {
	expect(clientStatistics(clientsWith([0, 0, 0]))?.jainIndex).toBe(1);
});

test("an accuracy on a bin's edge belongs to the bin above, and 1 to the last", () => {
	const counts = accuracyHistogram(clientsWith([0, 0.049, 0.15, 0.3, 1]));
	expect(counts.flatMap((count, bin) => (count > 0 ? [[bin, count]] : []))).toEqual([
		[0, 2],
		[3, 1],
		[6, 1],
		[19, 1],
	]);
});

test("Jain's index stays within [1/n, 1], and every client is in one bin", () => {
	const accuracies = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 200 });
	fc.assert(
		fc.property(accuracies, (values) => {
			const clients = clientsWith(values);
			const index = clientStatistics(clients)?.jainIndex ?? Number.NaN;
			expect(index).toBeGreaterThanOrEqual(1 / values.length - 1e-9);
			expect(index).toBeLessThanOrEqual(1 + 1e-9);
			expect(accuracyHistogram(clients).reduce((sum, count) => sum + count, 0)).toBe(values.length);
		}),
	);
});

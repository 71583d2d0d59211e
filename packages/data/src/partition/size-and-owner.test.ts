import fc from "fast-check";
import { expect, test } from "vitest";
import { gini } from "../federated/skew.ts";
import { proportionalShares } from "./dealing.ts";
import { balancedLabels, divide } from "./divide.fixture.ts";

const division = { labels: balancedLabels(10_000, 10), numClasses: 10, numClients: 20 };
const sizesOf = (section: Readonly<Record<string, unknown>>, seed = 1): number[] =>
	divide(section, { ...division, seed }).map((list) => list.length);

test("IID sizes differ by at most one", () => {
	expect(divide({ name: "iid" }, { ...division, numClients: 7 }).map((list) => list.length)).toEqual([
		1429, 1429, 1429, 1429, 1428, 1428, 1428,
	]);
});

test("quantity sizes respect the minimum and add up", () => {
	fc.assert(
		fc.property(fc.constantFrom("dirichlet", "log-normal"), fc.nat(), (sizes, seed) => {
			const drawn = sizesOf({ name: "quantity", sizes, alpha: 1, minSize: 20 }, seed);
			expect(Math.min(...drawn)).toBeGreaterThanOrEqual(20);
			expect(drawn.reduce((sum, size) => sum + size, 0)).toBe(10_000);
		}),
		{ numRuns: 30 },
	);
});

test("smaller alpha and larger sigma give more unequal sizes; sigma 0 gives equal ones", () => {
	const dirichlet = (alpha: number): number => gini(sizesOf({ name: "quantity", alpha, minSize: 1 }));
	const logNormal = (sigma: number): number =>
		gini(sizesOf({ name: "quantity", sizes: "log-normal", sigma, minSize: 1 }));
	expect(dirichlet(0.5)).toBeGreaterThan(dirichlet(50));
	expect(logNormal(1)).toBeGreaterThan(logNormal(0.1));
	expect(sizesOf({ name: "quantity", sizes: "log-normal", sigma: 0 })).toEqual(
		Array.from({ length: 20 }, () => 500),
	);
});

test("proportional shares add up, are within one of the exact value, and are 0 for weight 0", () => {
	const weight = fc.oneof(fc.constant(0), fc.double({ min: 1e-12, max: 10, noNaN: true }));
	fc.assert(
		fc.property(fc.nat(10_000), fc.array(weight, { minLength: 1 }), (total, others) => {
			const weights = [...others, 1];
			const shares = proportionalShares(total, weights);
			const sum = weights.reduce((a, b) => a + b, 0);
			expect(shares.reduce((a, b) => a + b, 0)).toBe(total);
			shares.forEach((share, i) => {
				expect(Math.abs(share - ((weights[i] as number) / sum) * total)).toBeLessThanOrEqual(1 + 1e-6);
				if (weights[i] === 0) expect(share).toBe(0);
			});
		}),
	);
});

test("natural: each client is one owner, in the order of the owners' numbers", () => {
	const owners = Int32Array.from([30, 10, 20, 10, 30, 30]);
	const labels = new Int32Array(6);
	const lists = divide({ name: "natural" }, { labels, numClasses: 1, numClients: 3, owners });
	expect(lists.map((list) => [...list])).toEqual([[1, 3], [2], [0, 4, 5]]);
});

test("natural: several owners per client, and a random choice when there are more than needed", () => {
	const owners = Int32Array.from({ length: 100 }, (_, i) => i % 50);
	const ownersOf = (numClients: number, ownersPerClient: number, seed: number): number[][] =>
		divide(
			{ name: "natural", ownersPerClient },
			{ labels: new Int32Array(100), numClasses: 1, numClients, owners, seed },
		).map((list) => [...new Set([...list].map((position) => owners[position] as number))]);
	expect(ownersOf(25, 2, 1)).toEqual(Array.from({ length: 25 }, (_, k) => [2 * k, 2 * k + 1]));
	const chosen = ownersOf(5, 3, 1);
	expect(new Set(chosen.flat()).size).toBe(15);
	expect(chosen).not.toEqual(ownersOf(5, 3, 2));
});

test("domains: one domain per client, divided equally among its clients", () => {
	const domains = Int32Array.from({ length: 90 }, (_, i) => (i < 60 ? 0 : 2));
	const lists = divide(
		{ name: "domains" },
		{ labels: new Int32Array(90), numClasses: 1, numClients: 5, domains },
	);
	const seen = lists.map((list) => [...new Set([...list].map((position) => domains[position]))]);
	expect(seen).toEqual([[0], [2], [0], [2], [0]]);
	expect(lists.map((list) => list.length)).toEqual([20, 15, 20, 15, 20]);
});

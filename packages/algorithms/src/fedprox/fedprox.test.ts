import { norm, subtract } from "@fl-sim/core";
import { playRun, quadraticProblem } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import { expect, test } from "vitest";
import { fedavg } from "../fedavg/fedavg.ts";
import { fedprox, fedproxOptions } from "./fedprox.ts";

testAlgorithmLaws(fedprox, { name: "fedprox", mu: 0.1 });

const withMu = (mu: number) => ({ algorithm: fedprox, options: { name: "fedprox", mu } });

test("mu = 0 gives FedAvg's weights, bit for bit", async () => {
	const prox = await playRun(withMu(0));
	const plain = await playRun({ algorithm: fedavg, options: { name: "fedavg" } });
	expect(prox.outcome.params).toEqual(plain.outcome.params);
	expect(prox.outcome.totals.upBytes).toBe(plain.outcome.totals.upBytes);
});

test("the larger mu is, the nearer clients stay to the model they were sent", async () => {
	const initialParams = new Float32Array(12);
	const plan = { rounds: 1, cohortSize: 7, initialParams };
	const distances: number[] = [];
	for (const mu of [0, 0.1, 0.5, 2, 8]) {
		const { outcome } = await playRun({ ...withMu(mu), plan });
		distances.push(norm(subtract(outcome.params, initialParams)));
	}
	expect(distances).toEqual(distances.toSorted((one, other) => other - one));
	expect(new Set(distances).size).toBe(5);
});

test("a client solved to the end is at the proximal point: (center + mu x) / (1 + mu) on a quadratic", async () => {
	const problem = quadraticProblem([{ center: [3, -1], numExamples: 2 }]);
	for (const mu of [0.25, 1, 3]) {
		const { outcome } = await playRun({
			...withMu(mu),
			problem,
			plan: {
				rounds: 1,
				cohortSize: 1,
				initialParams: Float32Array.of(1, 1),
				evaluation: { every: 1, clients: 0, clientsEvery: 1, batchSize: 1 },
				training: () => ({
					amount: { steps: 200 },
					batchSize: "all",
					optimizer: { name: "sgd", momentum: 0, nesterov: false, weightDecay: 0 },
					learningRate: 0.1,
					clipNorm: undefined,
				}),
			},
		});
		expect(outcome.params[0]).toBeCloseTo((3 + mu) / (1 + mu), 4);
		expect(outcome.params[1]).toBeCloseTo((-1 + mu) / (1 + mu), 4);
	}
});

test("each participant costs 4 d bytes down and 4 d + 4 bytes up", async () => {
	const { outcome } = await playRun({ ...withMu(0.1), plan: { rounds: 3, cohortSize: 5 } });
	expect(outcome.totals).toMatchObject({ downBytes: 3 * 5 * 48, upBytes: 3 * 5 * 52 });
});

test("mu must not be negative", () => {
	expect(fedproxOptions.safeParse({ name: "fedprox", mu: -0.1 }).success).toBe(false);
});

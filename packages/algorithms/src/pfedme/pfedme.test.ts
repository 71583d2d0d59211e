import type { Vector } from "@fl-sim/core";
import { type PlayedRun, playRun, quadraticProblem } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import fc from "fast-check";
import { expect, test } from "vitest";
import { everybody, ofType } from "../client-events.fixture.ts";
import { expectClose } from "../expect-close.fixture.ts";
import { fedavg } from "../fedavg/fedavg.ts";
import {
	learningRate as eta,
	opposedClients,
	playQuadratics,
	randomPopulation,
} from "../heterogeneous-quadratics.fixture.ts";
import { pfedme, pfedmeOptions } from "./pfedme.ts";

const withOptions = (options: object) => ({ name: "pfedme", ...options });

testAlgorithmLaws(pfedme, withOptions({ lambda: 4, innerSteps: 2 }));

const start = Float32Array.of(1, -1);
const statesOf = ({ snapshots }: PlayedRun) =>
	snapshots.at(-1)?.clients as readonly (readonly [number, Vector])[];

test("lambda = 0 leaves the global model where it was, bit for bit, while personal models move", async () => {
	const run = await playQuadratics(pfedme, withOptions({ lambda: 0 }), { rounds: 3, start });
	expect(run.outcome.params).toEqual(start);
	for (const [, theta] of statesOf(run)) expect(theta).not.toEqual(start);
});

test("theta is the proximal point of the client's loss at w, and w goes eta lambda of the way there", async () => {
	await fc.assert(
		fc.asyncProperty(
			randomPopulation,
			fc.double({ min: 0.2, max: 6, noNaN: true }),
			async ({ clients }, lambda) => {
				const options = withOptions({ lambda, innerSteps: 500 });
				const run = await playQuadratics(pfedme, options, { clients, rounds: 1, localSteps: 1, start });
				const expected = new Float64Array(2);
				for (const [client, theta] of statesOf(run)) {
					const { center, curvature } = clients[client] as (typeof clients)[number];
					const point = start.map((w, i) => {
						const c = curvature?.[i] ?? 1;
						return (c * (center[i] ?? 0) + lambda * w) / (c + lambda);
					});
					expectClose(theta, point, 4);
					for (const [i, w] of start.entries()) {
						expected[i] = (expected[i] ?? 0) + (w - eta * lambda * (w - (point[i] ?? 0))) / clients.length;
					}
				}
				expectClose(run.outcome.params, Float32Array.from(expected), 4);
			},
		),
		{ numRuns: 15 },
	);
});

test("one inner step and eta lambda = 1 are FedAvg with the inner learning rate, bit for bit", async () => {
	const problem = quadraticProblem(opposedClients);
	const planOf = (learningRate: number) => ({
		rounds: 3,
		cohortSize: 4,
		initialParams: start,
		training: () => ({
			amount: { epochs: 2 },
			batchSize: 1,
			optimizer: { name: "sgd", momentum: 0, nesterov: false, weightDecay: 0 } as const,
			learningRate,
			clipNorm: undefined,
		}),
	});
	const options = withOptions({ lambda: 8, innerSteps: 1, personalLearningRate: 0.25 });
	const inner = await playRun({ algorithm: pfedme, options, problem, plan: planOf(0.125) });
	const plain = await playRun({
		algorithm: fedavg,
		options: { name: "fedavg" },
		problem,
		plan: planOf(0.25),
	});
	expect(inner.outcome.params).toEqual(plain.outcome.params);
	expect(inner.outcome.params).not.toEqual(start);
});

test("beta is how far the global model goes to the mean of the clients", async () => {
	const after = async (beta: number) =>
		(await playQuadratics(pfedme, withOptions({ beta }), { rounds: 1, start })).outcome.params;
	const [whole, half] = [await after(1), await after(0.5)];
	expectClose(
		half,
		start.map((w, i) => 0.5 * w + 0.5 * (whole[i] ?? 0)),
		6,
	);
	expect(half).not.toEqual(whole);
});

test("it is theta that is evaluated, and each client's is its own", async () => {
	const plan = { rounds: 1, cohortSize: 7, evaluation: everybody };
	const { events, snapshots } = await playRun({ algorithm: pfedme, options: withOptions({}), plan });
	const trained = ofType(events, "client.replied").map(({ client, report }) => [
		client,
		report.ownTest?.lossSum,
	]);
	const [personal] = ofType(events, "evaluated.personal");
	expect(new Map(personal?.clients.map(({ client, loss }) => [client, loss * 4]))).toEqual(
		new Map(trained as [number, number][]),
	);
	expect(new Set(statesOf({ events, snapshots } as PlayedRun).map(([, theta]) => theta.join())).size).toBe(7);
});

test("each participant costs 4 d bytes, each way", async () => {
	const { outcome } = await playRun({
		algorithm: pfedme,
		options: withOptions({}),
		plan: { rounds: 3, cohortSize: 5 },
	});
	expect(outcome.totals).toMatchObject({ downBytes: 3 * 5 * 48, upBytes: 3 * 5 * 48 });
});

test.each([{ lambda: -1 }, { innerSteps: 0 }, { personalLearningRate: 0 }, { beta: 0 }])(
	"%o is refused",
	(options) => {
		expect(pfedmeOptions.safeParse(withOptions(options)).success).toBe(false);
	},
);

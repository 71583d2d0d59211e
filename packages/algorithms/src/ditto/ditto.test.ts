import type { Vector } from "@fl-sim/core";
import { type PlayedRun, playRun } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import fc from "fast-check";
import { expect, test } from "vitest";
import { everybody, ofType } from "../client-events.fixture.ts";
import { expectClose } from "../expect-close.fixture.ts";
import { fedavg } from "../fedavg/fedavg.ts";
import { playQuadratics, randomPopulation } from "../heterogeneous-quadratics.fixture.ts";
import { local } from "../local/local.ts";
import { ditto, dittoOptions } from "./ditto.ts";

testAlgorithmLaws(ditto, { name: "ditto" });

const withOptions = (options: object) => ({ algorithm: ditto, options: { name: "ditto", ...options } });
const personalOf = ({ events }: PlayedRun) =>
	ofType(events, "evaluated.personal").map(({ clients }) => clients);
const statesOf = ({ snapshots }: PlayedRun) =>
	snapshots.at(-1)?.clients as readonly (readonly [number, Vector])[];

test("the global model is FedAvg's, bit for bit and byte for byte, whatever the personal ones do", async () => {
	const plain = await playRun({ algorithm: fedavg, options: { name: "fedavg" } });
	for (const options of [{ lambda: 0 }, { lambda: 1 }, { lambda: 0.1, personalEpochs: 5 }]) {
		const { outcome } = await playRun(withOptions(options));
		expect(outcome.params).toEqual(plain.outcome.params);
		expect(outcome.totals.downBytes).toBe(plain.outcome.totals.downBytes);
		expect(outcome.totals.upBytes).toBe(plain.outcome.totals.upBytes);
	}
});

test("lambda = 0 gives the models of local training, bit for bit", async () => {
	const plan = { evaluation: everybody };
	const own = await playRun({ ...withOptions({ lambda: 0 }), plan });
	const alone = await playRun({ algorithm: local, options: { name: "local" }, plan });
	expect(statesOf(own)).toEqual(statesOf(alone));
	expect(personalOf(own)).toEqual(personalOf(alone));
	expect(personalOf(own)).toHaveLength(4);
});

test("a client solved to the end is at the proximal point around the global model that it was sent", async () => {
	await fc.assert(
		fc.asyncProperty(
			randomPopulation,
			fc.double({ min: 0.2, max: 4, noNaN: true }),
			async ({ clients }, lambda) => {
				const start = Float32Array.of(1, -1);
				const { options } = withOptions({ lambda, personalEpochs: 600 });
				const run = await playQuadratics(ditto, options, { clients, rounds: 1, start });
				for (const [client, own] of statesOf(run)) {
					const { center, curvature = [] } = clients[client] ?? { center: [] };
					const point = start.map((x, i) => {
						const c = curvature[i] ?? 1;
						return (c * (center[i] ?? 0) + lambda * x) / (c + lambda);
					});
					expectClose(own, point, 4);
				}
			},
		),
		{ numRuns: 20 },
	);
});

test("where eta lambda = 1, a personal step starts from the global model instead of the personal one", async () => {
	const { options } = withOptions({ lambda: 10, personalEpochs: 1 });
	const clients = [{ center: [4, 0], numExamples: 2 }];
	const run = await playQuadratics(ditto, options, { clients, rounds: 1, start: Float32Array.of(1, 1) });
	// v <- v - 0.1 (v - (4, 0)) - (v - x) for v = 0, x = 1
	expectClose(statesOf(run)[0]?.[1] ?? new Float32Array(), Float32Array.of(1.4, 1), 6);
});

test("before aggregation it is the personal models that are evaluated, and after it too", async () => {
	const plan = { cohortSize: 7, evaluation: everybody };
	const { events } = await playRun({ ...withOptions({ lambda: 0.5 }), plan });
	const trained = ofType(events, "client.replied").map(({ report }) => report.ownTest?.lossSum);
	const evaluated = ofType(events, "evaluated.personal").flatMap(({ clients }) => clients);
	const inOrder = ofType(events, "round.started").flatMap(({ round, cohort }) =>
		cohort.map((client) => evaluated.slice(7 * (round - 1)).find((each) => each.client === client)),
	);
	expect(trained.length).toBe(28);
	expect(trained).toEqual(inOrder.map((own) => (own?.loss ?? Number.NaN) * 4));
});

test("lambda must not be negative", () => {
	expect(dittoOptions.safeParse({ name: "ditto", lambda: -1 }).success).toBe(false);
});

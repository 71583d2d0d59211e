import { norm, subtract, type Vector, zeros } from "@fl-sim/core";
import { type PlayedRun, playRun, quadraticProblem } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import fc from "fast-check";
import { expect, test } from "vitest";
import { expectClose } from "../expect-close.fixture.ts";
import { fedavg } from "../fedavg/fedavg.ts";
import {
	gradientAt,
	meanState,
	opposedClients,
	playQuadratics,
	type QuadraticRun,
	randomPopulation,
} from "../heterogeneous-quadratics.fixture.ts";
import { feddyn, feddynOptions } from "./feddyn.ts";

testAlgorithmLaws(feddyn, { name: "feddyn", alpha: 0.1 });

const play = (run: QuadraticRun, alpha = 0.3): Promise<PlayedRun> =>
	playQuadratics(feddyn, { name: "feddyn", alpha }, run);
const playFedavg = (run: QuadraticRun): Promise<PlayedRun> => playQuadratics(fedavg, { name: "fedavg" }, run);

const { solution } = quadraticProblem(opposedClients);
const distance = ({ outcome }: PlayedRun): number => norm(subtract(outcome.params, solution));

interface Gradients {
	/** H, `[2]`. */
	readonly gradient: Vector;
	/** h_i, `[2]`, of clients that have taken part. */
	readonly ofClients: ReadonlyMap<number, Vector>;
}

/** H and all h_i after each round. */
function gradientsOf({ snapshots }: PlayedRun): Gradients[] {
	return snapshots.map(({ server, clients }) => ({
		gradient: (server as { readonly gradient: Vector }).gradient,
		ofClients: new Map(clients as readonly [number, Vector][]),
	}));
}

test("H is the mean of all h_i after every round, whoever takes part", async () => {
	await fc.assert(
		fc.asyncProperty(
			randomPopulation,
			fc.double({ min: 0.1, max: 1, noNaN: true }),
			async (population, alpha) => {
				const gradients = gradientsOf(await play({ ...population, rounds: 4 }, alpha));
				expect(gradients).toHaveLength(4);
				for (const { gradient, ofClients } of gradients) {
					expectClose(gradient, meanState(ofClients, population.clients.length), 5);
				}
			},
		),
		{ numRuns: 30 },
	);
});

test.each([opposedClients.length, 2, 1])(
	"H is not 0 on the way, with %d clients a round",
	async (cohortSize) => {
		const [first] = gradientsOf(await play({ rounds: 1, cohortSize }));
		expect(norm(first?.gradient ?? zeros(2))).toBeGreaterThan(0.01);
	},
);

test("the minimum with every h_i the client's gradient there is a fixed point, whoever takes part", async () => {
	await fc.assert(
		fc.asyncProperty(randomPopulation, async (population) => {
			const { clients } = population;
			const { solution: params } = quadraticProblem(clients);
			const gradients = clients.map((client, i) => [i, gradientAt(params, client)] as const);
			const server = { params, optimizer: null, gradient: zeros(2) };
			const run = await play({ ...population, rounds: 3, from: { server, clients: gradients } });
			expectClose(run.outcome.params, params, 4);
			for (const { gradient, ofClients } of gradientsOf(run)) {
				expectClose(gradient, zeros(2), 4);
				for (const [i, expected] of gradients) expectClose(ofClients.get(i) ?? zeros(0), expected, 4);
			}
		}),
		{ numRuns: 30 },
	);
});

test("after an exact local solve, h_i is the gradient of the client's loss at y_i", async () => {
	const alpha = 0.5;
	const [first] = gradientsOf(await play({ rounds: 1, localSteps: 400 }, alpha));
	for (const [i, client] of opposedClients.entries()) {
		// From x = 0 and h_i = 0: curvature (y - center) + alpha y = 0.
		const solved = Float32Array.from(client.center, (center, k) => {
			const curvature = client.curvature?.[k] ?? 1;
			return (curvature * center) / (curvature + alpha);
		});
		expectClose(first?.ofClients.get(i) as Vector, gradientAt(solved, client), 4);
	}
});

test("the server moves to the mean of the clients' models minus H / alpha", async () => {
	const alpha = 0.5;
	const run = await play({ rounds: 1, cohortSize: 2 }, alpha);
	const { gradient, ofClients } = gradientsOf(run)[0] as Gradients;
	expect(ofClients.size).toBe(2);
	const models = [...ofClients.values()].map((own) => own.map((value) => -value / alpha)); // y_i from x = 0
	const [one, other] = models as [Vector, Vector];
	const expected = one.map(
		(value, k) => (value + (other[k] as number)) / 2 - (gradient[k] as number) / alpha,
	);
	expectClose(run.outcome.params, expected, 5);
});

test.each([opposedClients.length, 2])(
	"it ends at the minimum of the mean loss, where FedAvg does not (%d clients a round)",
	async (cohortSize) => {
		const run = await play({ rounds: 300, cohortSize });
		expect(distance(run)).toBeLessThan(1e-3 * norm(solution));
		expect(distance(await playFedavg({ rounds: 300 }))).toBeGreaterThan(0.1 * norm(solution));
		const { gradient, ofClients } = gradientsOf(run)[299] as Gradients;
		expect(norm(gradient)).toBeLessThan(1e-3);
		for (const [i, client] of opposedClients.entries()) {
			expectClose(ofClients.get(i) as Vector, gradientAt(solution, client), 2);
		}
	},
);

test("as alpha goes to 0, clients train as in FedAvg and the server adds every earlier mean step again", async () => {
	const first = await play({ rounds: 1 }, 1e-6);
	const plain = await playFedavg({ rounds: 1 });
	// x + mean of D - H / alpha = x + 2 mean of D in the first round, everybody taking part.
	expectClose(
		first.outcome.params,
		plain.outcome.params.map((value) => 2 * value),
		4,
	);
	const second = await play({ rounds: 2 }, 1e-6);
	const again = await playFedavg({ rounds: 1, start: first.outcome.params });
	const step = subtract(again.outcome.params, first.outcome.params);
	const expected = first.outcome.params.map(
		(value, i) => value + 2 * (step[i] as number) + (plain.outcome.params[i] as number),
	);
	expectClose(second.outcome.params, expected, 4);
});

test("as alpha grows, clients stay at the model they were sent", async () => {
	const distances: number[] = [];
	for (const alpha of [0.01, 0.1, 1, 5]) {
		distances.push(norm((await play({ rounds: 1 }, alpha)).outcome.params));
	}
	expect(distances).toEqual(distances.toSorted((one, other) => other - one));
	expect(new Set(distances).size).toBe(4);
});

test("alpha must be positive", () => {
	expect(feddynOptions.safeParse({ name: "feddyn", alpha: 0 }).success).toBe(false);
});

test("each participant costs 4 d bytes down and 4 d bytes up", async () => {
	const { outcome } = await playRun({
		algorithm: feddyn,
		options: { name: "feddyn" },
		plan: { rounds: 3, cohortSize: 5 },
	});
	const d = outcome.params.length;
	expect(outcome.totals).toMatchObject({ downBytes: 3 * 5 * 4 * d, upBytes: 3 * 5 * 4 * d });
});

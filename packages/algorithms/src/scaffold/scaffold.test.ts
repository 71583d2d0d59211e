import { norm, subtract, type Vector, zeros } from "@fl-sim/core";
import { type PlayedRun, playRun, quadraticProblem } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import fc from "fast-check";
import { expect, test } from "vitest";
import { expectClose } from "../expect-close.fixture.ts";
import { fedavg } from "../fedavg/fedavg.ts";
import {
	gradientAt,
	learningRate,
	meanState,
	opposedClients,
	playQuadratics,
	type QuadraticRun,
	randomPopulation,
} from "../heterogeneous-quadratics.fixture.ts";
import { scaffold } from "./scaffold.ts";

const options = { name: "scaffold" };

testAlgorithmLaws(scaffold, options);

const play = (run: QuadraticRun): Promise<PlayedRun> => playQuadratics(scaffold, options, run);
const playFedavg = (run: QuadraticRun): Promise<PlayedRun> => playQuadratics(fedavg, { name: "fedavg" }, run);

const { solution } = quadraticProblem(opposedClients);
const distance = ({ outcome }: PlayedRun): number => norm(subtract(outcome.params, solution));

interface Controls {
	/** c, `[2]`. */
	readonly control: Vector;
	/** c_i, `[2]`, of clients that have taken part. */
	readonly ofClients: ReadonlyMap<number, Vector>;
}

/** Control variates after each round. */
function controlsOf({ snapshots }: PlayedRun): Controls[] {
	return snapshots.map(({ server, clients }) => ({
		control: (server as { readonly control: Vector }).control,
		ofClients: new Map(clients as readonly [number, Vector][]),
	}));
}

test("control variates start at 0, so the first round is FedAvg's and the second is not", async () => {
	const first = await play({ rounds: 1 });
	expectClose(first.outcome.params, (await playFedavg({ rounds: 1 })).outcome.params, 6);
	expect(norm(first.outcome.params)).toBeGreaterThan(0.1);
	const second = await play({ rounds: 2 });
	const plain = await playFedavg({ rounds: 2 });
	expect(norm(subtract(second.outcome.params, plain.outcome.params))).toBeGreaterThan(0.01);
});

test("c is the mean of all c_i after every round, whoever takes part", async () => {
	await fc.assert(
		fc.asyncProperty(randomPopulation, fc.integer({ min: 1, max: 8 }), async (population, localSteps) => {
			const controls = controlsOf(await play({ ...population, localSteps, rounds: 4 }));
			expect(controls).toHaveLength(4);
			for (const { control, ofClients } of controls) {
				expectClose(control, meanState(ofClients, population.clients.length), 5);
			}
		}),
		{ numRuns: 30 },
	);
});

test.each([opposedClients.length, 2, 1])(
	"c is not 0 on the way, with %d clients a round",
	async (cohortSize) => {
		const [first] = controlsOf(await play({ rounds: 1, cohortSize }));
		expect(norm(first?.control ?? zeros(2))).toBeGreaterThan(0.01);
	},
);

test("the minimum with every c_i the client's gradient there is a fixed point, whoever takes part", async () => {
	await fc.assert(
		fc.asyncProperty(randomPopulation, async (population) => {
			const { clients } = population;
			const { solution: params } = quadraticProblem(clients);
			const gradients = clients.map((client, i) => [i, gradientAt(params, client)] as const);
			const server = { params, optimizer: null, control: zeros(2) };
			const run = await play({ ...population, rounds: 3, from: { server, clients: gradients } });
			expectClose(run.outcome.params, params, 4);
			for (const { control, ofClients } of controlsOf(run)) {
				expectClose(control, zeros(2), 4);
				for (const [i, gradient] of gradients) expectClose(ofClients.get(i) ?? zeros(0), gradient, 4);
			}
		}),
		{ numRuns: 30 },
	);
});

test("Option II: c_i becomes the mean of the gradients along the way", async () => {
	const x = (await play({ rounds: 1 })).outcome.params;
	const [first, second] = controlsOf(await play({ rounds: 2 })) as [Controls, Controls];
	for (const [i, client] of opposedClients.entries()) {
		const correction = subtract(first.control, first.ofClients.get(i) as Vector);
		let y = x;
		const mean = zeros(2);
		for (let step = 0; step < 10; step++) {
			const gradient = gradientAt(y, client);
			y = y.map((value, k) => value - learningRate * ((gradient[k] as number) + (correction[k] as number)));
			for (const k of [0, 1]) mean[k] = (mean[k] as number) + (gradient[k] as number) / 10;
		}
		expectClose(second.ofClients.get(i) as Vector, mean, 5);
	}
});

test.each([opposedClients.length, 2])(
	"with many local steps it finds the minimum, where FedAvg ends elsewhere (%d clients a round)",
	async (cohortSize) => {
		const run = await play({ rounds: 200, cohortSize });
		expect(distance(run)).toBeLessThan(1e-4 * norm(solution));
		expect(distance(await playFedavg({ rounds: 200 }))).toBeGreaterThan(0.1 * norm(solution));
		const { control, ofClients } = controlsOf(run)[199] as Controls;
		expect(norm(control)).toBeLessThan(1e-4);
		for (const [i, client] of opposedClients.entries()) {
			expectClose(ofClients.get(i) as Vector, gradientAt(solution, client), 3);
		}
	},
);

test("with local momentum, control variates stay the size of gradients", async () => {
	expect(distance(await play({ rounds: 300, momentum: 0.9 }))).toBeLessThan(1e-3);
});

test("Adam is refused: its steps are no sums of gradients", async () => {
	const plan = {
		training: () => ({
			amount: { steps: 1 },
			batchSize: 4,
			optimizer: { name: "adam" as const, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
			learningRate,
			clipNorm: undefined,
		}),
	};
	await expect(playRun({ algorithm: scaffold, options, plan })).rejects.toMatchObject({
		code: "FL_SCENARIO_INVALID",
	});
});

test("each participant costs 8 d bytes down and 8 d bytes up", async () => {
	const { outcome } = await playRun({ algorithm: scaffold, options, plan: { rounds: 3, cohortSize: 5 } });
	const d = outcome.params.length;
	expect(outcome.totals).toMatchObject({ downBytes: 3 * 5 * 8 * d, upBytes: 3 * 5 * 8 * d });
});

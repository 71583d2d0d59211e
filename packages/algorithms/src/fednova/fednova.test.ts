import { type AnyAlgorithm, type LocalTraining, norm, subtract, type Vector } from "@fl-sim/core";
import { playRun, quadraticProblem } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import { expect, test } from "vitest";
import { expectClose } from "../expect-close.fixture.ts";
import { fedavg } from "../fedavg/fedavg.ts";
import { fedprox } from "../fedprox/fedprox.ts";
import { accumulatedSteps } from "./accumulated-steps.ts";
import { fednova } from "./fednova.ts";

const options = { name: "fednova" };

testAlgorithmLaws(fednova, options);

const sgd = (momentum: number) => ({ name: "sgd" as const, momentum, nesterov: false, weightDecay: 0 });

test.each([0, 0.9])(
	"with equal local steps it is FedAvg, within rounding (momentum %d)",
	async (momentum) => {
		const training = () => ({
			amount: { steps: 6 },
			batchSize: 4,
			optimizer: sgd(momentum),
			learningRate: 0.05,
			clipNorm: undefined,
		});
		const nova = await playRun({ algorithm: fednova, options, plan: { training } });
		const plain = await playRun({ algorithm: fedavg, options: { name: "fedavg" }, plan: { training } });
		expectClose(nova.outcome.params, plain.outcome.params, 5);
	},
);

// One example per step: client k takes 2 n_k steps in an epoch of 2 n_k.
const clients = [
	{ center: [4, 0], numExamples: 1 },
	{ center: [0, 4], numExamples: 3 },
	{ center: [-2, -2], numExamples: 8 },
];
const problem = quadraticProblem(clients);
const stepsOf = (numExamples: number): number => 2 * numExamples;

const unequalSteps = (momentum: number, learningRate: number): Omit<LocalTraining, "workFraction"> => ({
	amount: { epochs: 2 },
	batchSize: 1,
	optimizer: sgd(momentum),
	learningRate,
	clipNorm: undefined,
});

async function endOf(
	algorithm: AnyAlgorithm,
	algorithmOptions: unknown,
	training: Omit<LocalTraining, "workFraction">,
): Promise<Vector> {
	const plan = {
		rounds: 400,
		cohortSize: clients.length,
		checkpointEvery: 400,
		evaluation: { every: 400, clients: 0, clientsEvery: 400, batchSize: 1 },
		training: () => training,
	};
	return (await playRun({ algorithm, options: algorithmOptions, problem, plan })).outcome.params;
}

/** Mean of the centers, client k weighted by n_k times `pullOf(n_k)`. */
function pulledMean(pullOf: (numExamples: number) => number): Vector {
	const weights = clients.map(({ numExamples }) => numExamples * pullOf(numExamples));
	const total = weights.reduce((sum, weight) => sum + weight, 0);
	const coordinate = (i: number): number =>
		clients.reduce((sum, { center }, k) => sum + (weights[k] as number) * (center[i] as number), 0);
	return Float32Array.of(coordinate(0) / total, coordinate(1) / total);
}

test("with unequal steps it finds the solution of a quadratic, where FedAvg ends elsewhere", async () => {
	const training = unequalSteps(0, 0.005);
	const nova = await endOf(fednova, options, training);
	const plain = await endOf(fedavg, { name: "fedavg" }, training);
	const start = norm(problem.solution);
	expect(norm(subtract(nova, problem.solution))).toBeLessThan(0.06 * start);
	expect(norm(subtract(plain, problem.solution))).toBeGreaterThan(0.3 * start);
});

test("what is left of the bias is what the learning rate leaves: (1 - (1 - eta)^K) / K for each client", async () => {
	const training = unequalSteps(0, 0.05);
	const contraction = (n: number): number => 1 - 0.95 ** stepsOf(n);
	expectClose(await endOf(fedavg, { name: "fedavg" }, training), pulledMean(contraction), 4);
	const normalized = pulledMean((n) => contraction(n) / stepsOf(n));
	expectClose(await endOf(fednova, options, training), normalized, 4);
});

test("with momentum and unequal steps it still finds the solution", async () => {
	const training = unequalSteps(0.9, 0.001);
	const nova = await endOf(fednova, options, training);
	const plain = await endOf(fedavg, { name: "fedavg" }, training);
	const start = norm(problem.solution);
	expect(norm(subtract(nova, problem.solution))).toBeLessThan(0.1 * start);
	expect(norm(subtract(plain, problem.solution))).toBeGreaterThan(0.3 * start);
});

test("one round is x + tau_eff sum of p_i d_i, the proximal case with tau_eff = sum of p_i K_i", async () => {
	const mu = 0.5;
	const learningRate = 0.05;
	const { outcome } = await playRun({
		algorithm: fednova,
		options: { ...options, mu },
		problem,
		plan: {
			rounds: 1,
			cohortSize: clients.length,
			evaluation: { every: 1, clients: 0, clientsEvery: 1, batchSize: 1 },
			training: () => unequalSteps(0, learningRate),
		},
	});
	const share = clients.map(({ numExamples }) => numExamples / 12);
	const effective = clients.reduce(
		(sum, { numExamples: n }, k) => sum + (share[k] as number) * stepsOf(n),
		0,
	);
	const expected = new Float32Array(2).map((_, i) =>
		clients.reduce((sum, { center, numExamples: n }, k) => {
			// From x = 0, each step takes y to y - eta ((y - center) + mu y).
			let y = 0;
			for (let step = 0; step < stepsOf(n); step++) {
				y -= learningRate * (y - (center[i] as number) + mu * y);
			}
			const a = accumulatedSteps(stepsOf(n), { optimizer: sgd(0), learningRate, mu });
			return sum + (effective * (share[k] as number) * y) / a;
		}, 0),
	);
	expectClose(outcome.params, expected, 5);
});

test("a proximal term pulls the clients back, as in FedProx", async () => {
	const plan = {
		rounds: 1,
		cohortSize: 1,
		training: () => ({ ...unequalSteps(0, 0.05), amount: { steps: 1 } }),
	};
	const nova = await playRun({ algorithm: fednova, options: { ...options, mu: 1 }, plan });
	const prox = await playRun({ algorithm: fedprox, options: { name: "fedprox", mu: 1 }, plan });
	expectClose(nova.outcome.params, prox.outcome.params, 6);
});

test("each participant costs 4 d bytes down and 4 d + 12 bytes up", async () => {
	const { outcome } = await playRun({ algorithm: fednova, options, plan: { rounds: 3, cohortSize: 5 } });
	expect(outcome.totals).toMatchObject({ downBytes: 3 * 5 * 48, upBytes: 3 * 5 * 60 });
});

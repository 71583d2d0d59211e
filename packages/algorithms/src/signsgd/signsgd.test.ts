import { gatherBatch, positionsOf, randomStream, type Vector } from "@fl-sim/core";
import { blobDataset, type PlaySettings, playRun, smallBlobs, softmaxModel } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import { expect, test } from "vitest";
import { gradientAt, opposedClients, playQuadratics } from "../heterogeneous-quadratics.fixture.ts";
import { signsgd } from "./signsgd.ts";

const options = { name: "signsgd", stepSize: 0.02 };

testAlgorithmLaws(signsgd, options);

const oneStep = () => ({
	amount: { steps: 1 },
	batchSize: "all" as const,
	optimizer: { name: "sgd" as const, momentum: 0, nesterov: false, weightDecay: 0 },
	learningRate: 0.5,
	clipNorm: undefined,
});

const play = (change: object, plan: PlaySettings["plan"] = {}) =>
	playRun({ algorithm: signsgd, options: { ...options, ...change }, plan: { training: oneStep, ...plan } });

const model = softmaxModel(smallBlobs.numFeatures, smallBlobs.numClasses);
const start = model.init(randomStream(1, "model"));

/** The gradient of a client's loss on all of its examples. */
async function gradientOf(client: number, params: Vector): Promise<Vector> {
	const { train } = blobDataset(smallBlobs).client(client, 1);
	const size = train.indices.length;
	const gradient = new Float32Array(params.length);
	await model.lossAndGradient(params, gatherBatch(train, positionsOf(size), 0, size), gradient);
	return gradient;
}

test("one client moves each parameter by the step size against the sign of its gradient", async () => {
	const { outcome, events } = await play({}, { rounds: 1, cohortSize: 1 });
	const client = events.flatMap((event) =>
		event.type === "client.replied" ? [event.client] : [],
	)[0] as number;
	const gradient = await gradientOf(client, start);
	expect(outcome.params).toEqual(
		start.map((value, i) => value - Math.fround(0.02) * Math.sign(gradient[i] as number)),
	);
});

test("everybody moves each parameter against the sign of most gradients", async () => {
	const { outcome } = await play({}, { rounds: 1, cohortSize: smallBlobs.numClients });
	const gradients = await Promise.all(
		Array.from({ length: smallBlobs.numClients }, (_, client) => gradientOf(client, start)),
	);
	for (let i = 0; i < start.length; i++) {
		const balance = gradients.reduce((sum, gradient) => sum + Math.sign(gradient[i] as number), 0);
		expect(outcome.params[i]).toBeCloseTo((start[i] as number) - 0.02 * Math.sign(balance), 6);
	}
});

test("weight decay pulls to 0 with the vote", async () => {
	const plain = await play({}, { rounds: 1 });
	const decayed = await play({ weightDecay: 0.5 }, { rounds: 1 });
	for (let i = 0; i < start.length; i++) {
		const pull = 0.02 * 0.5 * (start[i] as number);
		expect(decayed.outcome.params[i]).toBeCloseTo((plain.outcome.params[i] as number) - pull, 6);
	}
});

test("Signum: clients keep the mean of their gradients with decaying weights", async () => {
	const momentum = 0.75;
	const run = await playQuadratics(signsgd, { ...options, momentum }, { rounds: 3, localSteps: 1 });
	const models = [
		new Float32Array(2),
		...run.snapshots.map(({ server }) => (server as { readonly params: Vector }).params),
	];
	const states = new Map(run.snapshots.at(-1)?.clients as readonly (readonly [number, Vector])[]);
	for (const [i, client] of opposedClients.entries()) {
		let expected = [0, 0];
		for (const x of models.slice(0, 3)) {
			const gradient = gradientAt(x, client); // the way back is 0.1, the learning rate, times as long
			expected = expected.map(
				(value, k) => momentum * value + (1 - momentum) * 0.1 * (gradient[k] as number),
			);
		}
		for (const k of [0, 1]) expect(states.get(i)?.[k]).toBeCloseTo(expected[k] as number, 5);
	}
});

test("without momentum clients keep nothing", async () => {
	expect((await play({})).snapshots.at(-1)?.clients).toEqual(
		expect.arrayContaining([[expect.any(Number) as number, null]]),
	);
});

test("training lowers the loss", async () => {
	const { events } = await play({}, { rounds: 40 });
	const losses = events.flatMap((event) => (event.type === "evaluated.central" ? [event.loss] : []));
	expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] as number));
});

test("each participant costs 4 d bytes down and a bit a parameter up", async () => {
	const { outcome } = await play({}, { rounds: 3, cohortSize: 5 });
	const d = outcome.params.length;
	expect(outcome.totals).toMatchObject({ downBytes: 3 * 5 * 4 * d, upBytes: 3 * 5 * Math.ceil(d / 8) });
});

import { gatherBatch, positionsOf, randomStream } from "@fl-sim/core";
import { addDelta, blobDataset, playRun, smallBlobs, softmaxModel } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import { expect, test } from "vitest";
import { fedavg } from "./fedavg.ts";

const options = { name: "fedavg" };

testAlgorithmLaws(fedavg, options);

const oneFullBatchStep = () => ({
	amount: { epochs: 1 },
	batchSize: "all" as const,
	optimizer: { name: "sgd" as const, momentum: 0, nesterov: false, weightDecay: 0 },
	learningRate: 0.5,
	clipNorm: undefined,
});

test("one full-batch step on everybody is one step of gradient descent on all examples", async () => {
	const everybody = { cohortSize: smallBlobs.numClients, rounds: 1, training: oneFullBatchStep };
	const { outcome } = await playRun({ algorithm: fedavg, options, plan: everybody });

	const dataset = blobDataset(smallBlobs);
	const model = softmaxModel(smallBlobs.numFeatures, smallBlobs.numClasses);
	const start = model.init(randomStream(1, "model"));
	const expected = Float64Array.from(start);
	let numExamples = 0;
	for (let client = 0; client < smallBlobs.numClients; client++)
		numExamples += dataset.numTrainExamples(client);
	for (let client = 0; client < smallBlobs.numClients; client++) {
		const { train } = dataset.client(client, 1);
		const size = train.indices.length;
		const gradient = new Float32Array(start.length);
		await model.lossAndGradient(start, gatherBatch(train, positionsOf(size), 0, size), gradient);
		for (let i = 0; i < start.length; i++) {
			expected[i] = (expected[i] as number) - ((0.5 * size) / numExamples) * (gradient[i] as number);
		}
	}
	for (let i = 0; i < start.length; i++) expect(outcome.params[i]).toBeCloseTo(expected[i] as number, 6);
});

test("each participant costs 4 d bytes down and 4 d + 4 bytes up", async () => {
	const { outcome } = await playRun({ algorithm: fedavg, options, plan: { rounds: 3, cohortSize: 5 } });
	const d = outcome.params.length;
	expect(outcome.totals).toMatchObject({ downBytes: 3 * 5 * 4 * d, upBytes: 3 * 5 * (4 * d + 4) });
});

test("training lowers the loss", async () => {
	const { events } = await playRun({ algorithm: fedavg, options, plan: { rounds: 15 } });
	const losses = events.flatMap((event) => (event.type === "evaluated.central" ? [event.loss] : []));
	expect(losses).toHaveLength(16);
	expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] as number));
});

test("the server optimizer is what turns the mean delta into the new model", async () => {
	const plan = { rounds: 1, cohortSize: 3 };
	const plain = await playRun({ algorithm: fedavg, options, plan });
	const halving = {
		...addDelta,
		step: (...[state, params, delta]: Parameters<typeof addDelta.step>) => ({
			params: params.map((value, i) => value + 0.5 * (delta[i] as number)),
			state,
		}),
	};
	const halved = await playRun({ algorithm: fedavg, options, plan: { ...plan, serverOptimizer: halving } });
	const start = softmaxModel(smallBlobs.numFeatures, smallBlobs.numClasses).init(randomStream(1, "model"));
	for (let i = 0; i < start.length; i++) {
		const full = (plain.outcome.params[i] as number) - (start[i] as number);
		expect((halved.outcome.params[i] as number) - (start[i] as number)).toBeCloseTo(full / 2, 6);
	}
});

import { scenarioSchema } from "@fl-sim/scenario";
import { afterEach, expect, test } from "vitest";
import type { Compute, ComputePlace } from "../session/index.ts";
import { memoryLimit } from "./memory-limit.ts";
import { sharedCompute } from "./shared-compute.ts";

const scenario = scenarioSchema.parse({
	dataset: { name: "synthetic" },
	model: { name: "softmax" },
	clients: {
		number: 3,
		perRound: 3,
		localEpochs: 1,
		batchSize: 10,
		optimizer: { name: "sgd" },
		learningRate: 0.1,
	},
	rounds: 1,
});
const data = { featureShape: [60], numClasses: 10, classNames: null };
const never = new AbortController().signal;
const nobody = () => Promise.reject(new Error("nobody is to be asked"));
const opened: ComputePlace[] = [];

afterEach(async () => {
	for (const place of opened.splice(0)) await place[Symbol.asyncDispose]();
});

function compute(maxBytes?: number): Promise<Compute> {
	const log = { info: () => undefined, warn: () => undefined };
	const data = { kind: "partition", numClients: 3, folder: undefined } as const;
	return sharedCompute({ data, workers: 1, backend: "wasm", memory: memoryLimit(maxBytes), log });
}

async function open(from: Compute, client: number): Promise<ComputePlace> {
	const place = await from.open({ client, scenario, backend: "wasm", data });
	opened.push(place);
	return place;
}

/** A task with zeros as the model. */
function taskFor(place: ComputePlace, client: number, task = "train") {
	const payload = place.allocate(4 * place.parameters);
	return { round: 1, exchange: 1, client, task, workFraction: 1, payload };
}

test("clients of one process train and evaluate in threads, each on its own data", async () => {
	const shared = await compute();
	const [first, second] = [await open(shared, 0), await open(shared, 1)];
	expect(shared.backends).toEqual(["wasm"]);
	expect(first.parameters).toBe(second.parameters);
	expect(first.trainExamples).not.toBe(0);
	const train = (place: ComputePlace, client: number) =>
		place.run(taskFor(place, client), undefined, never, nobody);
	const [one, other, again] = [await train(first, 0), await train(second, 1), await train(first, 0)];
	expect(one.reply.report.numExamples).toBe(first.trainExamples);
	expect(other.reply.payload).not.toEqual(one.reply.payload);
	expect(again.reply.payload).toEqual(one.reply.payload);
	const sums = await first.evaluate(
		new Float32Array(first.parameters),
		{ kind: "client", client: 0, round: 1 },
		never,
	);
	expect(sums.numExamples).toBe(first.testExamples);
});

test("a client that is done leaves the threads to the others", async () => {
	const shared = await compute();
	const [first, second] = [
		await shared.open({ client: 0, scenario, backend: "wasm", data }),
		await open(shared, 1),
	];
	await first[Symbol.asyncDispose]();
	expect((await second.run(taskFor(second, 1), undefined, never, nobody)).reply.status).toBe("replied");
});

test("a task that fails does not stop the next one", async () => {
	const place = await open(await compute(), 0);
	const failing = place.run(taskFor(place, 0, "unheard of"), undefined, never, nobody);
	await expect(failing).rejects.toMatchObject({ code: "FL_CLIENT_FAILED" });
	expect((await place.run(taskFor(place, 0), undefined, never, nobody)).reply.status).toBe("replied");
});

test("data of another shape than the run's are refused before anything is computed", async () => {
	const shared = await compute();
	const other = { ...data, featureShape: [61] };
	await expect(shared.open({ client: 0, scenario, backend: "wasm", data: other })).rejects.toMatchObject({
		code: "FL_DATA_MISMATCH",
		message: "the data set synthetic: the examples have the shape [60], the run expects [61]",
	});
});

test("a payload beyond the memory limit is refused", async () => {
	const place = await open(await compute(1000), 0);
	expect(() => place.allocate(1)).toThrow(expect.objectContaining({ code: "FL_CLIENT_MEMORY" }) as Error);
});

test("a scenario or backend of another version is named", async () => {
	const shared = await compute();
	await expect(
		shared.open({ client: 0, scenario: { ...scenario, rounds: "many" }, backend: "wasm", data }),
	).rejects.toMatchObject({
		code: "FL_SCENARIO_INVALID",
		message: expect.stringContaining("rounds") as unknown,
	});
	await expect(shared.open({ client: 0, scenario, backend: "abacus", data })).rejects.toMatchObject({
		code: "FL_BACKEND_UNAVAILABLE",
	});
});

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gatherBatch, positionsOf } from "@fl-sim/core";
import { describeFederatedData, openFederatedData } from "@fl-sim/data";
import { type Scenario, scenarioSchema } from "@fl-sim/scenario";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeClientData } from "./client-data.ts";

let folder = "";

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "fl-client-data-"));
});

afterEach(async () => {
	await rm(folder, { recursive: true, force: true });
});

function scenarioOf(dataset: object, numClients = 4): Scenario {
	return scenarioSchema.parse({
		dataset,
		partition: { name: "iid", split: { train: 0.75, test: 0.25 } },
		model: { name: "mlp" },
		clients: {
			number: numClients,
			perRound: 1,
			localEpochs: 1,
			batchSize: 4,
			optimizer: { name: "sgd" },
			learningRate: 0.1,
		},
		rounds: 1,
	});
}

/** `count` rows with their number as the only feature. */
function rows(first: number, count: number): string {
	const lines = Array.from({ length: count }, (_, row) => `${first + row},${(first + row) % 2}`);
	return `x,label\n${lines.join("\n")}\n`;
}

/** The first features of a client's examples. */
function numbersOf(data: Awaited<ReturnType<typeof describeClientData>>, client: number) {
	const split = openFederatedData(data).client(client, 1);
	const numbers = (view: typeof split.train) => {
		const { length } = view.indices;
		return [...gatherBatch(view, positionsOf(length), 0, length).features];
	};
	return { train: numbers(split.train), test: numbers(split.test) };
}

const ascending = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
const range = (length: number) => Array.from({ length }, (_, number) => number);

test("a part of a generated data set is the same as in a simulation", async () => {
	const scenario = scenarioOf({ name: "synthetic" }, 4);
	const { dataset, partition, seed } = scenario;
	const simulated = await describeFederatedData({ dataset, partition, seed, numClients: 4, baseFolder: "." });
	const here = await describeClientData(scenario, { kind: "partition", numClients: 4, folder: undefined });
	for (const client of [0, 3]) expect(numbersOf(here, client)).toEqual(numbersOf(simulated, client));
});

test("a partition into another number of clients is refused, with the right one", async () => {
	const scenario = scenarioOf({ name: "synthetic" }, 4);
	const choice = { kind: "partition", numClients: 5, folder: undefined } as const;
	await expect(describeClientData(scenario, choice)).rejects.toMatchObject({
		code: "FL_USAGE",
		message: "--partition: found a part of 5, but the server's run has 4 clients",
		fix: "Give --partition i/4.",
	});
});

test("a server names no file to be read here", async () => {
	await writeFile(join(folder, "secret.csv"), rows(0, 40));
	for (const dataset of [
		{ name: "csv", path: join(folder, "secret.csv") },
		{ name: "mnist", path: folder },
		{ name: "idx", features: join(folder, "secret.csv"), labels: join(folder, "secret.csv") },
	]) {
		const choice = { kind: "partition", numClients: 4, folder: undefined } as const;
		await expect(describeClientData(scenarioOf(dataset), choice), dataset.name).rejects.toMatchObject({
			code: "FL_USAGE",
			fix: expect.stringContaining("--data") as unknown,
		});
	}
	const elsewhere = scenarioOf({ name: "csv", path: "train.csv", testPath: join(folder, "secret.csv") });
	await mkdir(join(folder, "mine"));
	await writeFile(join(folder, "mine", "train.csv"), rows(0, 40));
	const mine = { kind: "partition", numClients: 4, folder: join(folder, "mine") } as const;
	const outside = scenarioOf({ name: "image-folder", path: ".." });
	await expect(describeClientData(outside, mine)).rejects.toMatchObject({
		message: expect.stringContaining(join(folder, "mine")) as unknown,
	});
	await expect(describeClientData(elsewhere, mine)).rejects.toMatchObject({
		code: "FL_DATA_MISSING",
		message: expect.stringContaining(join("mine", "secret.csv")) as unknown,
	});
});

test("the scenario's data set is read from where it lies on this machine, a folder or the file itself", async () => {
	await writeFile(join(folder, "train.csv"), rows(0, 40));
	await writeFile(join(folder, "test.csv"), rows(40, 4));
	const scenario = scenarioOf({ name: "csv", path: "/data/train.csv", testPath: "/data/test.csv" });
	const { partition, seed } = scenario;
	const expected = await describeFederatedData({
		dataset: { ...scenario.dataset, path: "train.csv", testPath: "test.csv" } as Scenario["dataset"],
		partition,
		seed,
		numClients: 4,
		baseFolder: folder,
	});
	for (const place of [folder, join(folder, "train.csv")]) {
		const data = await describeClientData(scenario, { kind: "partition", numClients: 4, folder: place });
		for (const client of range(4)) expect(numbersOf(data, client)).toEqual(numbersOf(expected, client));
	}
});

test("--data for a data set without files is refused", async () => {
	for (const choice of [
		{ kind: "partition", numClients: 4, folder },
		{ kind: "own", client: 0, folder },
	] as const) {
		await expect(describeClientData(scenarioOf({ name: "synthetic" }), choice)).rejects.toMatchObject({
			code: "FL_USAGE",
			message: expect.stringContaining("synthetic") as unknown,
		});
	}
});

test("a client's own data are all its own: test files, too, and parts that are held out elsewhere", async () => {
	await writeFile(join(folder, "train.csv"), rows(0, 30));
	const alone = scenarioOf({ name: "csv", path: "train.csv", testPath: "test.csv" });
	const choice = { kind: "own", client: 2, folder } as const;
	const held = numbersOf(await describeClientData(alone, choice), 2);
	expect(ascending([...held.train, ...held.test])).toEqual(range(30));
	await writeFile(join(folder, "test.csv"), rows(30, 10));
	const both = numbersOf(await describeClientData(alone, choice), 2);
	expect(ascending([...both.train, ...both.test])).toEqual(range(40));
	expect([both.train.length, both.test.length]).toEqual([30, 10]);
	const file = { ...choice, folder: join(folder, "train.csv") } as const;
	const one = numbersOf(await describeClientData(alone, file), 2);
	expect(ascending([...one.train, ...one.test])).toEqual(range(30));
});

test("data of the client's own are divided by the seed, and belong to its number alone", async () => {
	await writeFile(join(folder, "mine.csv"), rows(0, 40));
	const scenario = scenarioOf({ name: "csv", path: "train.csv" });
	const place = join(folder, "mine.csv");
	const data = await describeClientData(scenario, { kind: "own", client: 2, folder: place });
	const dataset = openFederatedData(data);
	expect(range(4).map((client) => dataset.numTrainExamples(client))).toEqual([0, 0, 30, 0]);
	expect(numbersOf(data, 0)).toEqual({ train: [], test: [] });
	expect(numbersOf(data, 3)).toEqual({ train: [], test: [] });
	const again = await describeClientData(scenario, { kind: "own", client: 0, folder: place });
	expect(numbersOf(again, 0)).toEqual(numbersOf(data, 2));
	const other = await describeClientData({ ...scenario, seed: 2 }, { kind: "own", client: 2, folder: place });
	expect(numbersOf(other, 2)).not.toEqual(numbersOf(data, 2));
	const beyond = await describeClientData(scenario, { kind: "own", client: 9, folder: place });
	expect(openFederatedData(beyond).numTrainExamples(9)).toBe(30);
});

test("a folder that is not there is named", async () => {
	const choice = { kind: "own", client: 0, folder: join(folder, "nowhere") } as const;
	await expect(describeClientData(scenarioOf({ name: "csv", path: "a.csv" }), choice)).rejects.toMatchObject({
		code: "FL_DATA_MISSING",
		message: expect.stringContaining("nowhere") as unknown,
	});
});

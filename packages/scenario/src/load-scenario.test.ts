import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadScenario } from "./load-scenario.ts";
import { type Scenario, scenarioSchema } from "./scenario-schema.ts";
import { changed, smallScenario, withFiles } from "./small-scenario.fixture.ts";

function load(
	files: Readonly<Record<string, string>>,
	set: readonly string[] = [],
	file = "small.yaml",
): Promise<Scenario> {
	return withFiles(files, async (folder) => (await loadScenario(join(folder, file), { set })).scenario);
}

const loadSmall = (...set: string[]) => load({ "small.yaml": smallScenario }, set);

test("shares and sizes become counts, everything left out its default", async () => {
	const scenario = await loadSmall();
	expect(scenario.clients.perRound).toBe(10);
	expect(scenario.stop).toEqual({ targetAccuracy: 0.9, byteBudget: 100_000_000 });
	expect(scenario.partition.split).toEqual({ train: 0.8, validation: 0, test: 0.2 });
	expect(scenario.system).toEqual({
		availability: 1,
		dropout: 0.1,
		stragglers: { fraction: 0.2, slowdown: 3, policy: "partial" },
		secondsPerStep: 0.05,
	});
	expect(scenario.output).toEqual({ folder: "runs", checkpointEvery: 1, report: false });
});

test("the shortest scenario names data, model, clients and rounds", async () => {
	const text =
		"dataset: {name: mnist}\nmodel: {name: mlp}\nclients: {number: 5, perRound: 2, localSteps: 1, learningRate: 1}\nrounds: 1\n";
	const scenario = await load({ "shortest one.yml": text }, [], "shortest one.yml");
	expect(scenario.name).toBe("shortest one");
	expect(scenario.algorithm.name).toBe("fedavg");
	expect(scenario.partition.name).toBe("iid");
	expect(scenario.serverOptimizer.name).toBe("sgd");
});

test.each([
	["1", 1],
	["100", 100],
	["0.1", 10],
	["0.001", 1],
	["100%", 100],
	["2.5%", 3],
	["0.01%", 1],
])("clients.perRound %s of 100 clients are %i", async (written, count) => {
	expect((await loadSmall(`clients.perRound=${written}`)).clients.perRound).toBe(count);
});

test("the loaded scenario tells the file's text and folder", async () => {
	await withFiles({ "small.yaml": smallScenario }, async (folder) => {
		const loaded = await loadScenario(join(folder, "small.yaml"));
		expect(loaded.sourceText).toBe(smallScenario);
		expect(loaded.baseFolder).toBe(folder);
	});
});

test("a scenario is laid over the ones that it extends, but keeps its own name and description", async () => {
	const files = {
		"base.yaml": smallScenario,
		"middle.yaml": "extends: base.yaml\nclients: {localEpochs: 5}\npartition: {alpha: 9}\n",
		"top.yaml": "extends: ./middle.yaml\nmodel: {name: softmax}\nclients: {learningRate: 1}\n",
	};
	const [base, top] = [await load(files, [], "base.yaml"), await load(files, [], "top.yaml")];
	expect(top).toEqual({
		...base,
		name: "top",
		description: "",
		partition: { ...base.partition, alpha: 9 },
		model: { name: "softmax" },
		clients: { ...base.clients, localEpochs: 5, learningRate: 1 },
	});
});

test("arguments win over files", async () => {
	const files = { "small.yaml": "extends: base.yaml\nrounds: 4\n", "base.yaml": smallScenario };
	expect((await load(files, ["rounds=5", "clients.optimizer.momentum=0"])).rounds).toBe(5);
});

test("a byte order mark and Windows line ends do not matter", async () => {
	const text = `\uFEFF${smallScenario.replaceAll("\n", "\r\n")}`;
	expect(await load({ "small.yaml": text })).toEqual(await loadSmall());
});

test("a checked scenario is plain JSON and is its own checked form", async () => {
	const scenario = await loadSmall();
	const settings = fc.record({
		seed: fc.nat(),
		rounds: fc.integer({ min: 1, max: 1000 }),
		number: fc.integer({ min: 1, max: 100_000 }),
		perRound: fc.oneof(
			fc.constant(1),
			fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true }),
			fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`),
		),
		batchSize: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constant("all")),
		byteBudget: fc.oneof(fc.integer({ min: 1 }), fc.constantFrom("1 MB", "1.5 GiB", "3B")),
		amount: fc.constantFrom({ localEpochs: 1 }, { localSteps: 20 }),
		learningRate: fc.constantFrom<unknown>(0.1, { schedule: "cosine", initial: 0.1 }),
	});
	fc.assert(
		fc.property(
			settings,
			({ seed, rounds, number, perRound, batchSize, byteBudget, amount, learningRate }) => {
				const { localEpochs: _, ...clients } = scenario.clients;
				const once = scenarioSchema.parse({
					...scenario,
					seed,
					rounds,
					stop: { byteBudget },
					clients: { ...clients, number, perRound, batchSize, learningRate, ...amount },
				});
				expect(once.clients.perRound).toBeGreaterThanOrEqual(1);
				expect(once.clients.perRound).toBeLessThanOrEqual(number);
				const again: unknown = JSON.parse(JSON.stringify(once));
				expect(again).toEqual(once);
				expect(scenarioSchema.parse(again)).toEqual(once);
			},
		),
	);
});

test("a passage of the fixture is changed once", () => {
	expect(changed("rounds: 3", "rounds: 4")).toContain("rounds: 4");
	expect(() => changed("name: ", "x")).toThrow("occurs");
});

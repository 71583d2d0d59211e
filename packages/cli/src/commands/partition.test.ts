import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PartitionSummary } from "@fl-sim/data";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { command } from "./partition.ts";

const scenarioText = `
seed: 3
dataset: { name: glyphs, trainExamples: 400, testExamples: 20, writers: 10 }
partition: { name: shards }
model: { name: lenet5 }
clients: { number: 8, perRound: 2, localEpochs: 1, batchSize: 10, learningRate: 0.1 }
algorithm: { name: fedavg }
rounds: 1
`;

let folder = "";
let printed = "";

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "fl-sim-partition-"));
	await writeFile(join(folder, "small.yaml"), scenarioText);
	printed = "";
	vi.spyOn(process.stdout, "write").mockImplementation((text) => {
		printed += String(text);
		return true;
	});
});

afterEach(async () => {
	vi.restoreAllMocks();
	await rm(folder, { recursive: true });
});

const run = (args: Readonly<Record<string, unknown>> = {}): Promise<number> =>
	command.run({ scenario: join(folder, "small.yaml"), ...args });

test("prints the heat map and the skew table", async () => {
	expect(await run()).toBe(0);
	expect(printed).toContain("Classes of each client, round 1: 8 clients");
	expect(printed).toMatch(/Examples +│ +50 │ +50 │ +50/);
	expect(printed).toContain("Examples in all: 400, median 50, Gini coefficient 0.000");
});

test("--json prints the summary and nothing else; --set changes the scenario", async () => {
	expect(await run({ json: true, set: ["clients.number=4"] })).toBe(0);
	const summary = JSON.parse(printed) as PartitionSummary;
	expect(summary.clients).toEqual([0, 1, 2, 3]);
	expect(summary.skew.sizes.total).toBe(400);
});

test("--svg and --png write pictures, into new folders too", async () => {
	const svg = join(folder, "new", "map.svg");
	const png = join(folder, "map.png");
	expect(await run({ svg, png, dark: true })).toBe(0);
	expect(await readFile(svg, "utf8")).toMatch(/^<svg /);
	expect((await readFile(png)).subarray(1, 4).toString()).toBe("PNG");
});

test("an impossible partition names the place in the scenario and a way out", async () => {
	await expect(run({ set: ["clients.number=401"] })).rejects.toMatchObject({
		code: "FL_PARTITION_IMPOSSIBLE",
		message: expect.stringMatching(/small\.yaml:4[^]*401 clients/),
		fix: expect.stringContaining("clients.number"),
	});
});

test("a picture that cannot be written is the user's mistake", async () => {
	await expect(run({ svg: join(folder, "small.yaml", "x.svg") })).rejects.toMatchObject({ code: "FL_USAGE" });
});

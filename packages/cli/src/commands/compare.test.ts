import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRunFolder, createRunRecorder, updateManifest } from "@fl-sim/runs";
import { sampleEvents } from "@fl-sim/testkit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { command } from "./compare.ts";

const main = join(import.meta.dirname, "../main.ts");

let root = "";
let printed = "";

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), "fl-sim-compare-"));
	printed = "";
	vi.spyOn(process.stdout, "write").mockImplementation((text) => {
		printed += String(text);
		return true;
	});
});
afterEach(() => {
	vi.restoreAllMocks();
	rmSync(root, { recursive: true });
});

/** A run of made-up events; resolves to its name. */
async function newRun(algorithm: string, seed: number, alpha = 0.3): Promise<string> {
	const { path, manifest } = await createRunFolder({
		root,
		name: `${algorithm}-${seed}`,
		manifest: {
			scenarioFile: "made-up.yaml",
			baseFolder: ".",
			scenarioHash: "0a".repeat(32),
			algorithm,
			seed,
			rounds: 6,
			version: "0.1.0",
			commandLine: ["fl-sim", "made-up.yaml"],
			workers: 0,
		},
		sourceText: "",
		resolved: { seed, algorithm: { name: algorithm }, partition: { name: "dirichlet", alpha } },
	});
	const recorder = createRunRecorder(path);
	for (const event of sampleEvents(6)) recorder.record(event);
	await recorder.close();
	await updateManifest(path, { status: "finished", stopReason: "rounds" });
	return manifest.id;
}

test("finished runs become one row for each setting, as a table or JSON", async () => {
	const run = [await newRun("fedavg", 1), await newRun("fedavg", 2), await newRun("fedprox", 1)];
	expect(await command.run({ root, run, target: ["0.15"] })).toBe(0);
	expect(printed).toContain("after 6 rounds");
	expect(printed).toMatch(/│ fedavg +│ 2 /);
	expect(printed).toMatch(/│ fedprox +│ 1 /);
	printed = "";
	await command.run({ root, run: [...run, run[0]], json: true });
	expect(JSON.parse(printed)).toMatchObject({
		budgets: { round: 6 },
		groups: [
			{ label: "fedavg", seeds: [1, 2] },
			{ label: "fedprox", seeds: [1] },
		],
	});
});

test("a run that has not finished is refused, with the way to finish it", async () => {
	const id = await newRun("fedavg", 1);
	await updateManifest(join(root, id), { status: "interrupted" });
	await expect(async () => await command.run({ root, run: [id] })).rejects.toMatchObject({
		code: "FL_COMPARISON",
		message: expect.stringContaining("the run is interrupted, expected a finished one"),
		fix: expect.stringContaining("fl-sim resume"),
	});
});

test("runs of different data are compared with --any alone", async () => {
	const run = [await newRun("fedavg", 1), await newRun("fedavg", 2, 100)];
	await expect(async () => await command.run({ root, run })).rejects.toMatchObject({
		code: "FL_COMPARISON",
		message: expect.stringContaining("partition.alpha: 0.3, 100"),
	});
	await command.run({ root, run, any: true });
	expect(printed).toMatch(/fedavg alpha=0\.3 .*\n.*\n.*fedavg alpha=100 /);
});

test("a target that is no share is refused", async () => {
	await expect(async () => await command.run({ root, run: ["x"], target: ["80"] })).rejects.toMatchObject({
		code: "FL_USAGE",
		message: "--target: found 80, expected a number above 0 and up to 1",
	});
});

test("targets can be given several times on the command line", async () => {
	const id = await newRun("fedavg", 1);
	const words = ["compare", id, "--root", root, "--target", "0.15", "--target", "0.99", "--json"];
	const { groups } = JSON.parse(execFileSync(process.execPath, [main, ...words], { encoding: "utf8" }));
	expect(groups[0].targets).toMatchObject([
		{ target: 0.15, reached: 1 },
		{ target: 0.99, reached: 0 },
	]);
});

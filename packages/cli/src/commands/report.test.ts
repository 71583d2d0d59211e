import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRunFolder, createRunRecorder, updateManifest } from "@fl-sim/runs";
import { sampleEvents } from "@fl-sim/testkit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { command } from "./report.ts";

const root = mkdtempSync(join(tmpdir(), "fl-sim-report-"));
let folder = "";

beforeAll(async () => {
	const run = await createRunFolder({
		root,
		name: "noniid",
		manifest: {
			scenarioFile: "noniid.yaml",
			baseFolder: ".",
			scenarioHash: "0a".repeat(32),
			algorithm: "fedavg",
			seed: 1,
			rounds: 6,
			version: "0.1.0",
			commandLine: ["fl-sim", "run", "noniid.yaml"],
			workers: 2,
		},
		sourceText: "name: noniid\n",
		resolved: { name: "noniid", rounds: 6 },
	});
	folder = run.path;
	const recorder = createRunRecorder(folder);
	for (const event of sampleEvents(6)) recorder.record(event);
	await recorder.close();
	await updateManifest(folder, { status: "finished", stopReason: "rounds" });
});
afterAll(() => rmSync(root, { recursive: true }));

/** Runs the command; resolves to the lines it prints. */
async function linesOf(args: Readonly<Record<string, unknown>>): Promise<string[]> {
	const written: string[] = [];
	const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
		written.push(String(text));
		return true;
	});
	try {
		expect(await command.run({ root, run: "latest", openPath: false, ...args })).toBe(0);
	} finally {
		spy.mockRestore();
	}
	return written.join("").trimEnd().split("\n");
}

test("the report is written again from the run folder alone", async () => {
	rmSync(join(folder, "report.html"), { force: true });
	const [path = ""] = await linesOf({});
	expect(path.endsWith("report.html")).toBe(true);
	const page = readFileSync(path, "utf8");
	expect(page).toContain("<h1>noniid</h1>");
	expect(page).toContain("<dd>6<small>of 6</small></dd>");
	expect(page).toContain("fl-sim run noniid.yaml");
	expect(existsSync(join(folder, "figures"))).toBe(false);
});

test("figures are written in the format asked for, one path a line", async () => {
	const [, ...figures] = await linesOf({ figures: "svg" });
	expect(readdirSync(join(folder, "figures")).sort()).toEqual(
		["accuracy-by-bytes.svg", "accuracy-by-round.svg", "bytes-by-round.svg", "loss-by-round.svg"].sort(),
	);
	for (const file of figures) expect(readFileSync(file, "utf8")).toMatch(/^<svg /);
	const [, png = ""] = await linesOf({ figures: "png" });
	expect(readFileSync(png).subarray(1, 4).toString()).toBe("PNG");
});

test("the path can be printed as an address for a browser", async () => {
	const [address = ""] = await linesOf({ openPath: true });
	expect(new URL(address).protocol).toBe("file:");
	expect(readFileSync(new URL(address), "utf8")).toMatch(/^<!doctype html>/);
});

test("a run that is not there is the user's mistake, with a way out", async () => {
	await expect(command.run({ root, run: "nothing" })).rejects.toMatchObject({
		code: "FL_RUN_FOLDER",
		exitCode: 2,
	});
});

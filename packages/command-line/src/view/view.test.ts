import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import type { RunRecord } from "@fl-sim/runs";
import { sampleEvents } from "@fl-sim/testkit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createView, type ViewMode } from "./view.ts";

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

const row = {
	round: 30,
	trainLoss: 0.1,
	centralAccuracy: 0.956,
	centralLoss: 0.12,
	clientsEvaluated: 100,
	clientsAccuracyMean: 0.897,
	clientsAccuracyStd: 0.1,
	clientsAccuracyWorstDecile: 0.666,
	clientsAccuracyBestDecile: 1,
	clientsLossMean: 0.2,
	trainedAccuracyMean: null,
	personalAccuracyMean: null,
	personalAccuracyWorstDecile: null,
	personalLossMean: null,
	replied: 10,
	lost: 0,
	downBytes: 2_468_640,
	upBytes: 2_468_640,
	totalDownBytes: 74_059_200,
	totalUpBytes: 64_678_368,
	simulatedSeconds: 12,
	totalSimulatedSeconds: 357,
	wallSeconds: 2,
	totalWallSeconds: 61,
};

const record: RunRecord = {
	folder: "runs/20260102-030405_noniid_a1b2c3",
	manifest: {
		formatVersion: 1,
		id: "20260102-030405_noniid_a1b2c3",
		status: "finished",
		name: "noniid",
		scenarioFile: "noniid.yaml",
		baseFolder: ".",
		scenarioHash: "00",
		algorithm: "fedavg",
		seed: 1,
		rounds: 30,
		version: "0.1.0",
		commandLine: [],
		workers: 2,
		backend: null,
		git: null,
		machine: { node: "22", platform: "linux x64", host: "laptop", cpuModel: "A processor", cpuCores: 2 },
		pid: 1,
		startedAt: "2026-01-02T03:04:05.000Z",
		endedAt: null,
		resumes: [],
		stopReason: "rounds",
		error: null,
		weightsSha256: null,
	},
	scenarioText: "",
	scenario: {},
	started: undefined,
	rounds: [{ ...row, round: 29, centralAccuracy: 0.973, clientsAccuracyMean: null }, row],
	evaluations: [],
	clientEvaluations: undefined,
	personalEvaluations: undefined,
	partition: undefined,
	events: () => [],
};

/** A terminal or file that remembers what was written. */
function recording(isTTY: boolean) {
	const chunks: string[] = [];
	const stream = new Writable({
		decodeStrings: false,
		write(chunk: string, _encoding, done) {
			chunks.push(chunk);
			done();
		},
	});
	return { chunks, stream: Object.assign(stream, { isTTY, columns: 90 }), text: () => chunks.join("") };
}

function play(mode: ViewMode, isTTY: boolean, rounds = 3) {
	const output = recording(isTTY);
	const view = createView(mode, { stream: output.stream, width: 90, color: false });
	for (const event of sampleEvents(rounds)) {
		view.onEvent(event);
		vi.advanceTimersByTime(50);
	}
	return { output, view };
}

test("plain: a line for each round, columns aligned, evaluation included", () => {
	const { output } = play("plain", false);
	const [opening, head, ...rounds] = output.text().trimEnd().split("\n");
	expect(opening).toBe("fedavg on wasm, 100 clients, 61,706 parameters, 3 rounds, 2 workers, seed 1");
	expect(rounds.map((line) => line.trim().split(/\s+/)[0])).toEqual(["0", "1", "2", "3"]);
	for (const line of rounds) expect(line).toHaveLength(head?.length ?? 0);
	expect(rounds[2]).toMatch(/^ +2 +\d+\.\d% +0\.6000 +0\.5000 +3 +1 +987 kB +740 kB +3\.70 MB +3\.00 s$/);
	expect(output.text()).not.toContain("\u001b");
});

test("plain: the line of a round comes when its evaluation is over, not before", () => {
	const output = recording(false);
	const view = createView("plain", { stream: output.stream, width: 90, color: false });
	const events = sampleEvents(1);
	for (const event of events.slice(0, events.findIndex(({ type }) => type === "round.finished") + 1)) {
		view.onEvent(event);
	}
	expect(output.text()).not.toMatch(/^ +1 /m);
});

test("the closing block names accuracy, clients, bytes, folder, report and what may come next", () => {
	const { output, view } = play("plain", false);
	view.summary(record, { report: "runs/x/report.html", next: ["fl-sim show latest", "fl-sim compare a b"] });
	expect(output.text()).toContain(
		[
			"Finished  noniid, 30 of 30 rounds in 1 min 1 s (simulated 5 min 57 s)",
			"  Accuracy  95.6% on the test set, best 97.3% in round 29",
			"  Clients   89.7% on average over 100, 66.6% in the worst decile",
			"  Sent      74.1 MB to clients, 64.7 MB to the server",
			"  Run       runs/20260102-030405_noniid_a1b2c3",
			"  Report    runs/x/report.html",
			"  Next      fl-sim show latest",
			"            fl-sim compare a b",
			"",
		].join("\n"),
	);
});

test("quiet: the last line alone; json: nothing", () => {
	const quiet = play("quiet", true);
	expect(quiet.output.text()).toBe("");
	quiet.view.summary(record);
	expect(quiet.output.text()).toBe(
		"finished noniid: 30 of 30 rounds in 1 min 1 s (simulated 5 min 57 s), accuracy 95.6%, runs/20260102-030405_noniid_a1b2c3\n",
	);
	const json = play("json", true);
	json.view.summary(record);
	expect(json.output.text()).toBe("");
});

test("tty: lines are redrawn in place, then gone, and the cursor comes back", () => {
	const { output, view } = play("tty", true);
	const text = output.text();
	expect(text).toContain("\u001b[?25l");
	const written = stripVTControlCharacters(text);
	expect(written).toMatch(/^20260102-030405_noniid_a1b2c3 {2}fedavg on wasm, 100 clients/);
	expect(written).toMatch(/Round +[━─]+ +2\/3/);
	expect(written).toMatch(/Sent +\d/);
	// The end: lines cleared and the cursor shown, by the run's last event.
	expect(text.lastIndexOf("\u001b[?25h")).toBeGreaterThan(text.lastIndexOf("Sent"));
	expect(text.lastIndexOf("\u001b[0J")).toBeGreaterThan(text.lastIndexOf("Sent"));
	view.close();
	view.close();
	expect(vi.getTimerCount()).toBe(0);
	expect(process.listeners("exit").map(({ name }) => name)).not.toContain("clear");
});

test("tty: a thousand answers between two frames are drawn once", () => {
	const output = recording(true);
	const view = createView("tty", { stream: output.stream, width: 90, color: false });
	const events = sampleEvents(1, 1000);
	for (const event of events.slice(0, 1000)) view.onEvent(event);
	const before = output.chunks.length;
	vi.advanceTimersByTime(130);
	expect(output.chunks.length - before).toBeLessThan(40);
	expect(stripVTControlCharacters(output.text())).toMatch(/997\/1,000/);
	view.close();
});

test("a stream that fails breaks no call and no timer", () => {
	for (const mode of ["tty", "plain", "quiet"] as const) {
		const stream = Object.assign(new Writable(), { isTTY: true, columns: 90 });
		stream.write = () => {
			throw new Error("the terminal is gone");
		};
		const view = createView(mode, { stream, width: 90, color: true });
		for (const event of sampleEvents(2)) {
			expect(() => view.onEvent(event)).not.toThrow();
			expect(() => vi.advanceTimersByTime(200)).not.toThrow();
		}
		expect(() => view.summary(record)).not.toThrow();
		expect(() => stream.emit("error", new Error("EPIPE"))).not.toThrow();
		view.close();
		expect(vi.getTimerCount()).toBe(0);
	}
});

test("a run that failed or was interrupted says so", () => {
	const output = recording(false);
	const view = createView("plain", { stream: output.stream, width: 90, color: false });
	view.summary({ ...record, manifest: { ...record.manifest, status: "interrupted", stopReason: null } });
	expect(output.text()).toContain("Interrupted  noniid, 30 of 30 rounds");
	view.summary({
		...record,
		rounds: [],
		manifest: { ...record.manifest, status: "failed", stopReason: null },
	});
	expect(output.text()).toContain("Failed  noniid, 0 of 30 rounds\n  Run ");
});

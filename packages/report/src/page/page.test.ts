import { createHash } from "node:crypto";
import { Script } from "node:vm";
import { measureSkew, type PartitionSummary } from "@fl-sim/data";
import type { RunRecord } from "@fl-sim/runs";
import { expect, test } from "vitest";
import type { ChartData } from "../chart-data.ts";
import { sampleRecord } from "../sample-run.fixture.ts";
import { renderReport } from "./page.ts";

function samplePartition(numClients: number): PartitionSummary {
	const clients = Array.from({ length: numClients }, (_, client) => client);
	const counts = clients.map((client) =>
		Array.from({ length: 10 }, (_, label) => ((client * 7 + label * 3) % 11) * ((client + label) % 3)),
	);
	return {
		numClients,
		numClasses: 10,
		classNames: Array.from({ length: 10 }, (_, label) => `class ${label}`),
		clients,
		counts,
		round: 1,
		skew: measureSkew(counts),
	};
}

/** The page without its script and its data: what a browser shows before any code runs. */
const visible = (page: string): string =>
	page.replace(/<script[\s\S]*<\/script>/, "").replace(/<style>[\s\S]*<\/style>/, "");

/** Text with tags removed and white space made single. */
const textOf = (page: string): string =>
	visible(page)
		.replace(/<svg[\s\S]*?<\/svg>/g, "")
		.replace(/<[^>]*>/g, " ")
		.replace(/\s+/g, " ");

function policyOf(page: string): string {
	const [, policy = ""] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
	return policy.replaceAll("&#39;", "'");
}

function dataOf(page: string): ChartData {
	const [, json = ""] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page) ?? [];
	return JSON.parse(json) as ChartData;
}

const typical = renderReport(sampleRecord({ partition: samplePartition(100) }));

test("the page has its sections, one first heading and the key figures", () => {
	expect(typical.match(/<h1>/g)).toHaveLength(1);
	expect([...typical.matchAll(/<h2 id="[^"]*">([^<]*)/g)].map(([, name]) => name)).toEqual([
		"Learning",
		"Clients",
		"Communication",
		"Data of the clients",
		"Settings",
		"Rounds",
	]);
	const text = textOf(typical);
	const { accuracy } = dataOf(typical).rounds;
	expect(text).toContain(`Final accuracy ${((accuracy.at(-1) ?? 0) * 100).toFixed(1)}%`);
	expect(text).toContain("Rounds 30 of 30");
	expect(text).toContain("Sent to clients 74.1 MB");
	expect(text).toContain("Backend wasm");
	expect(text).toContain("lenet5 with 61,706 parameters");
	expect(text).toContain("fl-sim run scenarios/noniid.yaml --set partition.alpha=0.3");
});

test("nothing is fetched: no address in a src or href, no import, no url() in the style", () => {
	expect(typical).not.toMatch(/\b(?:src|href|srcset|action|data)\s*=\s*["']?\s*(?:https?:)?\/\//i);
	expect(typical).not.toMatch(/<(?:link|iframe|object|embed|img|base)\b/i);
	const [style = ""] = /<style>[\s\S]*<\/style>/.exec(typical) ?? [];
	expect(style).not.toMatch(/@import|url\(/i);
	expect(policyOf(typical)).toContain("default-src 'none'");
});

test("the policy allows exactly the script that is there, and the script is valid", () => {
	const scripts = [...typical.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, code]) => code ?? "");
	expect(scripts).toHaveLength(1);
	const hash = createHash("sha256")
		.update(scripts[0] ?? "")
		.digest("base64");
	expect(policyOf(typical)).toContain(`script-src 'sha256-${hash}';`);
	expect(() => new Script(scripts[0] ?? "")).not.toThrow();
});

test("a run of 30 rounds takes less than 250 kB, one of 5,000 rounds and 1,000 clients less than 600 kB", () => {
	expect(Buffer.byteLength(typical)).toBeLessThan(250_000);
	const large = sampleRecord({
		rounds: 5000,
		clients: 1000,
		clientsEvery: 50,
		partition: samplePartition(1000),
	});
	const page = renderReport(large);
	expect(Buffer.byteLength(page)).toBeLessThan(600_000);
	expect(dataOf(page).rounds.round).toHaveLength(1500);
	expect(dataOf(page).rounds.round.at(-1)).toBe(5000);
	expect(textOf(page)).toContain("300 of 5,001 rounds, evenly chosen");
});

test("text of the user is harmless wherever it stands", () => {
	const attack = `<script>alert("x")</script><img src=x onerror='alert(1)'>`;
	const partition = { ...samplePartition(4), classNames: Array.from({ length: 10 }, () => attack) };
	const record = sampleRecord({
		partition,
		manifest: {
			id: attack,
			name: attack,
			algorithm: attack,
			scenarioFile: attack,
			scenarioHash: attack,
			version: attack,
			commandLine: ["fl-sim", attack],
			status: "failed",
			error: { code: attack, message: attack },
			weightsSha256: attack,
			git: { commit: attack, dirty: true },
			backend: { name: attack, version: attack, notChosen: [{ name: attack, reason: attack }] },
		},
		scenario: { description: attack, [attack]: { [attack]: attack }, model: { name: attack } },
	});
	const page = renderReport(record);
	expect(page.match(/<script/g)).toHaveLength(2);
	expect(page).not.toMatch(/<img/i);
	expect(page).not.toContain(attack);
	expect(page).toContain("&lt;script&gt;alert");
	expect(dataOf(page).fileName).toBe(attack);
});

test("the numbers in the page are those of the run, and missing ones are null", () => {
	const record = sampleRecord({ rounds: 12, clientsEvery: 4 });
	const { rounds, clientRounds, histograms, lastClients } = dataOf(renderReport(record));
	expect(rounds.round).toEqual(Array.from({ length: 13 }, (_, round) => round));
	expect(rounds.trainLoss[0]).toBeNull();
	for (const [row, metrics] of record.rounds.entries()) {
		expect(rounds.accuracy[row]).toBeCloseTo(metrics.centralAccuracy ?? Number.NaN, 5);
		expect(rounds.totalBytes[row]).toBe(metrics.totalDownBytes + metrics.totalUpBytes);
	}
	expect(clientRounds.round).toEqual([4, 8, 12]);
	expect(clientRounds.mean[2]).toBeCloseTo(record.rounds.at(-1)?.clientsAccuracyMean ?? Number.NaN, 5);
	expect(histograms.map((row) => row.reduce((sum, count) => sum + count, 0))).toEqual([100, 100, 100]);
	expect(lastClients.client).toHaveLength(100);
});

test("lost clients are counted by reason, most frequent first", () => {
	const record = sampleRecord();
	const counts = new Map<string, number>();
	for (const event of record.events()) {
		if (event.type === "client.lost") counts.set(event.reason, (counts.get(event.reason) ?? 0) + 1);
	}
	const text = textOf(renderReport(record));
	expect(text).toContain(`Dropped out in the middle of the round ${counts.get("dropped")}`);
	expect(text).toContain(`Missed the deadline ${counts.get("deadline")}`);
});

const empty: RunRecord = {
	...sampleRecord({ rounds: 0, clientsEvery: 0, manifest: { status: "running", backend: null, rounds: 30 } }),
	rounds: [],
	evaluations: [],
	started: undefined,
	scenario: {},
	events: () => [],
};

test("a run without a single round says so in plain sentences", () => {
	const text = textOf(renderReport(empty));
	expect(text).toContain("The run had not ended when this report was written: 0 of 30 rounds were done.");
	expect(text).toContain("there is nothing to draw");
	expect(text).toContain("Clients were not evaluated on their own test examples");
	expect(text).toContain("The run folder holds no summary of the partition.");
	expect(text).toContain("none was opened");
	expect(text).not.toMatch(/NaN|undefined|null|Infinity/);
});

test("failed and interrupted runs show what there is, and what happened", () => {
	const error = { code: "FL_TRAINING_DIVERGED", message: "the global model diverged: round 8" };
	const failed = textOf(
		renderReport(sampleRecord({ rounds: 7, manifest: { status: "failed", rounds: 30, error } })),
	);
	expect(failed).toContain(
		"7 of 30 rounds were done. FL_TRAINING_DIVERGED the global model diverged: round 8",
	);
	const interrupted = renderReport(
		sampleRecord({ rounds: 7, manifest: { status: "interrupted", rounds: 30 } }),
	);
	expect(textOf(interrupted)).toContain("fl-sim resume 20260102-030405_noniid_a1b2c3");
});

test("a partition summary of another shape is passed over", () => {
	const partition = { ...samplePartition(4), counts: [[1, 2]] };
	const text = textOf(renderReport(sampleRecord({ partition })));
	expect(text).toContain("no summary of the partition that this version can read");
});

test("every chart has a static figure, and every control a name", () => {
	const charts = visible(typical).match(/data-chart="/g) ?? [];
	expect(charts).toHaveLength(5);
	expect(visible(typical).match(/<div class="static"/g)).toHaveLength(charts.length + 1);
	for (const [, attributes = "", content = ""] of visible(typical).matchAll(/<button([^>]*)>([^<]*)/g)) {
		expect(attributes.includes("aria-label") || attributes.includes('id="theme"') || content !== "").toBe(
			true,
		);
	}
	for (const [svg] of visible(typical).matchAll(/<svg[^>]*>/g)) {
		expect(svg).toMatch(/role="img"|aria-hidden="true"/);
	}
});

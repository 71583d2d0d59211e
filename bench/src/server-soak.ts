// What a server and its clients hold over a long time: rounds with a model of 610 parameters, processes of fl-client and
// light clients, some of which lose their connections every now and then. Prints a line at each mark; growth is that of
// the settled resident memory, by a line of best fit over the second half.
// Usage: node bench/src/server-soak.ts [--minutes NUMBER] [--mark SECONDS] [--light NUMBER] [--real NUMBER]
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { wholeNumber } from "./flag-values.ts";
import { startLoad } from "./load/load-control.ts";
import { startMeasured } from "./load/measured-process.ts";
import type { ProcessState } from "./load/process-probe.ts";
import { serveRun } from "./load/served-run.ts";
import { scenarioFile } from "./scenario-run.ts";
import { table } from "./table.ts";

const { values: flags } = parseArgs({
	options: {
		minutes: { type: "string", default: "60" },
		mark: { type: "string", default: "60" },
		light: { type: "string", default: "18" },
		real: { type: "string", default: "2" },
		nice: { type: "string", default: "15" },
	},
});
const minutes = wholeNumber("minutes", flags.minutes, 1);
const mark = wholeNumber("mark", flags.mark, 1);
const light = wholeNumber("light", flags.light, 1);
const real = wholeNumber("real", flags.real, 0);
const nice = wholeNumber("nice", flags.nice, 0);
const clients = light + real;
const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
const clientProgram = fileURLToPath(new URL("../../client/src/main.ts", import.meta.url));

/** Growth in MiB per hour by a line of best fit through (seconds, bytes). */
function slopeOf(points: readonly (readonly [number, number])[]): number {
	const mean = (values: readonly number[]): number =>
		values.reduce((sum, value) => sum + value, 0) / values.length;
	const meanTime = mean(points.map(([time]) => time));
	const meanSize = mean(points.map(([, size]) => size));
	const above = points.reduce((sum, [time, size]) => sum + (time - meanTime) * (size - meanSize), 0);
	const below = points.reduce((sum, [time]) => sum + (time - meanTime) ** 2, 0);
	return ((above / below) * 3600) / 2 ** 20;
}

const server = await serveRun({
	file: scenarioFile("scenarios/served.yaml"),
	set: [
		`clients.number=${clients}`,
		`clients.perRound=${Math.ceil(clients / 2)}`,
		"rounds=100000000",
		"evaluation.every=10",
	],
	nice,
});
const states = await mkdtemp(join(tmpdir(), "fl-sim-bench-"));
const load = startLoad();
const realClients = Array.from({ length: real }, (_, index) =>
	startMeasured({
		command: [
			clientProgram,
			`--server=${server.address}`,
			`--partition=${light + index + 1}/${clients}`,
			`--state=${join(states, String(index))}`,
			"--nice=0",
			"--quiet",
		],
		nice,
	}),
);
const processes = [server, ...realClients];
const names = ["server", ...realClients.map((_, index) => `fl-client ${index + 1}`)];
const history = processes.map(() => [] as [number, number][]);
const first: (ProcessState | undefined)[] = processes.map(() => undefined);
let rounds = 0;
try {
	await load.call("join", {
		address: server.address,
		first: 0,
		count: light,
		parameters: 610,
		answerAfter: 50,
	});
	process.stdout.write(
		`${light} light clients, ${real} processes of fl-client, cohorts of half of them\nseconds  process  resident MiB, settled: resident, heap, array buffers; resources, tensors\n`,
	);
	const started = performance.now();
	for (let tick = 1; tick * mark <= minutes * 60; tick++) {
		await sleep(started + 1000 * tick * mark - performance.now());
		await load.call("loseConnections", Math.ceil(light / 6));
		for (const [index, one] of processes.entries()) {
			const { rss } = await one.state();
			const settled = await one.state("settled state");
			first[index] ??= settled;
			const seconds = (performance.now() - started) / 1000;
			history[index]?.push([seconds, settled.rss]);
			const sizes = [rss, settled.rss, settled.heapUsed, settled.arrayBuffers].map(mebibytes);
			process.stdout.write(
				`${seconds.toFixed(0)}  ${names[index]}  ${sizes.join("  ")}  ${settled.resources}  ${settled.tensors}\n`,
			);
		}
	}
	const rows = [];
	for (const [index, one] of processes.entries()) {
		const points = history[index] ?? [];
		const last = await one.state("settled state");
		const second = points.slice(points.length >> 1);
		rows.push([
			names[index] ?? "",
			mebibytes(points[0]?.[1] ?? Number.NaN),
			mebibytes(second[0]?.[1] ?? Number.NaN),
			mebibytes(last.rss),
			slopeOf(second).toFixed(2),
			`${first[index]?.resources} to ${last.resources}`,
			`${first[index]?.tensors} to ${last.tensors}`,
		]);
	}
	const { dropped, reasons } = await load.call("counts");
	const events = await server.stop();
	rounds = events.filter(({ type }) => type === "round.finished").length;
	const lost = events.filter(({ type }) => type === "client.lost").length;
	const title = [
		"process",
		"MiB at the first mark",
		"at half time",
		"at the end",
		"MiB per hour",
		"resources",
		"tensors",
	];
	process.stdout.write(
		`${minutes} minutes, ${rounds} rounds, ${lost} lost answers, ${dropped} connections lost that nobody cut ${reasons.join(", ")}\n` +
			table([title, ...rows]),
	);
} finally {
	load.close();
	await Promise.all(realClients.map((one) => one.kill()));
	await server.close();
	await rm(states, { recursive: true, force: true });
}

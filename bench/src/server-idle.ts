// Thousands of clients connected at once: memory of the server by client, dropped connections, and the time of a control
// round trip (a result that nobody asked for, and its receipt) while a small cohort plays rounds.
// Usage: node bench/src/server-idle.ts [--clients NUMBER] [--minutes NUMBER] [--heartbeat SECONDS] [--round SECONDS]
import { parseArgs } from "node:util";
import { wholeNumber } from "./flag-values.ts";
import { startLoad } from "./load/load-control.ts";
import type { ProcessState } from "./load/process-probe.ts";
import { serveRun } from "./load/served-run.ts";
import { percentile } from "./percentile.ts";
import { scenarioFile } from "./scenario-run.ts";
import { table } from "./table.ts";

const { values: flags } = parseArgs({
	options: {
		clients: { type: "string", default: "5000" },
		minutes: { type: "string", default: "10" },
		heartbeat: { type: "string", default: "20" },
		round: { type: "string", default: "5" },
		probes: { type: "string", default: "50" },
		profile: { type: "boolean", default: false },
	},
});
const clients = wholeNumber("clients", flags.clients, 20);
const minutes = wholeNumber("minutes", flags.minutes, 1);
const roundSeconds = wholeNumber("round", flags.round, 1);
const probes = wholeNumber("probes", flags.probes, 1);
const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
const numLoads = 2;

const server = await serveRun({
	file: scenarioFile("scenarios/served.yaml"),
	set: [
		`clients.number=${clients}`,
		"rounds=1000000",
		`server.heartbeatSeconds=${wholeNumber("heartbeat", flags.heartbeat, 1)}`,
	],
	nodeOptions: flags.profile ? ["--cpu-prof", "--cpu-prof-dir=profiles"] : [],
});
const loads = Array.from({ length: numLoads }, () => startLoad());
const roundTripsOf = async (perSecond: number, seconds: number): Promise<readonly number[]> =>
	(await Promise.all(loads.map((load) => load.call("roundTrips", { perSecond, seconds })))).flat();

try {
	const alone = await server.state("settled state");
	const joinAll = async (from: number, to: number): Promise<number> => {
		const began = performance.now();
		await Promise.all(
			loads.map((load, index) => {
				const first = from + Math.floor((index * (to - from)) / numLoads);
				const count = from + Math.floor(((index + 1) * (to - from)) / numLoads) - first;
				const { address } = server;
				const answerAfter = 1000 * roundSeconds;
				return load.call("join", { address, first, count, parameters: 610, answerAfter });
			}),
		);
		return (performance.now() - began) / 1000;
	};
	// What the first clients need is there already, in part, from the start.
	const some = Math.floor(clients / 5);
	const firstJoined = await joinAll(0, some);
	const withSome = await server.state("settled state");
	const joined = firstJoined + (await joinAll(some, clients));
	const justJoined = await server.state();
	const settled = await server.state("settled state");
	const busy = await server.state();
	const started = performance.now();
	const trips = await roundTripsOf(Math.ceil(probes / numLoads), 60 * minutes);
	const seconds = (performance.now() - started) / 1000;
	const later = await server.state();
	const end = await server.state("settled state");
	const { peak } = await server.resident();
	const counts = await Promise.all(loads.map((load) => load.call("counts")));
	const dropped = counts.reduce((sum, count) => sum + count.dropped, 0);
	const reasons = counts.flatMap((count) => count.reasons);
	const events = await server.stop();
	const rounds = events.filter(({ type }) => type === "round.finished").length;
	const lost = events.filter(({ type }) => type === "client.lost").length;
	const held = ({ heapUsed, arrayBuffers }: ProcessState): number => heapUsed + arrayBuffers;
	const each = (bytes: number): string => (bytes / 1024 / (clients - some)).toFixed(1);
	process.stdout.write(
		table([
			["clients", String(clients)],
			["seconds for all to join", joined.toFixed(1)],
			["resident MiB before the first", mebibytes(alone.rss)],
			[`with ${some}, settled`, mebibytes(withSome.rss)],
			["when all had joined", mebibytes(justJoined.rss)],
			["settled", mebibytes(settled.rss)],
			[`after ${seconds.toFixed(0)} seconds`, mebibytes(later.rss)],
			["settled then", mebibytes(end.rss)],
			["at most", mebibytes(peak)],
			[`KiB for each client after ${some}, resident`, each(settled.rss - withSome.rss)],
			["in heap and buffers", each(held(settled) - held(withSome))],
			["resident in the end", each(end.rss - withSome.rss)],
			["rounds with a cohort of 10", String(rounds)],
			["answers lost", String(lost)],
			["connections dropped", `${dropped} ${reasons.join(", ")}`],
			["control round trips", String(trips.length)],
			["median ms", percentile(trips, 0.5).toFixed(1)],
			["99th percentile ms", percentile(trips, 0.99).toFixed(1)],
			["longest ms", percentile(trips, 1).toFixed(1)],
			["longest delay of the server's event loop ms", later.longestDelay.toFixed(0)],
			["CPU of the server meanwhile", `${((later.cpu - busy.cpu) / 10 / seconds).toFixed(1)}%`],
		]),
	);
} finally {
	await Promise.allSettled(loads.map((load) => load.call("leave")));
	for (const load of loads) load.close();
	await server.close();
}

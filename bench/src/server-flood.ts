// Control round trips of a hundred clients while one more sends a hundred times as many messages as each of them, or as the
// server lets through, and comes back as often as it is put out. Quiet and flooded spells in turn.
// Usage: node bench/src/server-flood.ts [--clients NUMBER] [--seconds NUMBER] [--repeats NUMBER]
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { wholeNumber } from "./flag-values.ts";
import type { FloodCounts, FloodOrder } from "./load/flood.ts";
import { startLoad } from "./load/load-control.ts";
import { serveRun } from "./load/served-run.ts";
import { median } from "./median.ts";
import { percentile } from "./percentile.ts";
import { scenarioFile } from "./scenario-run.ts";
import { table } from "./table.ts";

const { values: flags } = parseArgs({
	options: {
		clients: { type: "string", default: "100" },
		seconds: { type: "string", default: "30" },
		repeats: { type: "string", default: "3" },
	},
});
const clients = wholeNumber("clients", flags.clients, 1);
const seconds = wholeNumber("seconds", flags.seconds, 1);
const repeats = wholeNumber("repeats", flags.repeats, 1);
/** Messages of each client, and those that the server lets a client send, both in a second. */
const ordinary = 2;
const allowed = 200;
const parameters = 610;

interface Spell {
	readonly title: string;
	readonly perSecond: number;
	readonly trips: (readonly number[])[];
	readonly floods: FloodCounts[];
	/** Longest delays of the server's event loop, in milliseconds. */
	readonly delays: number[];
}

const spells: readonly Spell[] = [0, 100 * ordinary, 100 * allowed].map((perSecond) => ({
	title: perSecond === 0 ? "quiet" : `one client sends ${perSecond}/s`,
	perSecond,
	trips: [],
	floods: [],
	delays: [],
}));
// One client more than there will be: the run waits, and all that is measured is messages.
const server = await serveRun({
	file: scenarioFile("scenarios/served.yaml"),
	set: [`clients.number=${clients + 2}`],
});
const load = startLoad();
const flooding = fork(fileURLToPath(new URL("load/flood.ts", import.meta.url)));
try {
	const { address } = server;
	const flood = async (perSecond: number): Promise<FloodCounts | undefined> => {
		if (perSecond === 0) return undefined;
		flooding.send({ address, client: clients, parameters, perSecond, seconds } satisfies FloodOrder);
		const [counts] = (await once(flooding, "message")) as [FloodCounts];
		return counts;
	};
	await load.call("join", { address, first: 0, count: clients, parameters, answerAfter: 0 });
	const roundTrips = (time: number) =>
		load.call("roundTrips", { perSecond: ordinary * clients, seconds: time });
	await roundTrips(2); // warms up
	for (let repetition = 0; repetition < repeats; repetition++) {
		for (const { perSecond, trips, floods, delays } of spells) {
			await server.state(); // begins to look for the longest delay anew
			const [times, counts] = await Promise.all([roundTrips(seconds), flood(perSecond)]);
			trips.push(times);
			delays.push((await server.state()).longestDelay);
			if (counts !== undefined) floods.push(counts);
		}
	}
	const { dropped } = await load.call("counts");
	const p99 = ({ trips }: Spell): number => median(trips.map((times) => percentile(times, 0.99)));
	const quiet = spells[0] === undefined ? Number.NaN : p99(spells[0]);
	const rows = spells.map((spell) => {
		const { title, trips, floods } = spell;
		const each = trips.map((times) => percentile(times, 0.99));
		const sum = (of: (counts: FloodCounts) => number): string =>
			String(floods.reduce((total, counts) => total + of(counts), 0));
		return [
			title,
			median(trips.map((times) => percentile(times, 0.5))).toFixed(1),
			p99(spell).toFixed(1),
			`${Math.min(...each).toFixed(1)} to ${Math.max(...each).toFixed(1)}`,
			(p99(spell) / quiet).toFixed(2),
			Math.max(...spell.delays).toFixed(0),
			sum(({ sent }) => sent),
			sum(({ closings }) => closings),
		];
	});
	const reasons = new Set(spells.flatMap(({ floods }) => floods.flatMap((counts) => counts.reasons)));
	process.stdout.write(
		`${clients} clients with ${ordinary} messages a second each; medians of ${repeats} spells of ${seconds} s in turn\n` +
			table([
				["", "median ms", "p99 ms", "range", "of quiet", "server's longest delay", "flood sent", "put out"],
				...rows,
			]) +
			`put out with: ${[...reasons].join(", ") || "-"}; other clients that lost their connection: ${dropped}\n`,
	);
} finally {
	load.close();
	flooding.disconnect();
	await server.close();
}

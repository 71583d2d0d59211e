// Requests that never end: a thousand HTTP requests and a thousand upgrades whose headers come one by one, and a thousand
// WebSockets that never say who they are. How long an honest client takes to be let in meanwhile, and when all are gone.
// Usage: node bench/src/server-slow-clients.ts [--connections NUMBER]
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { wholeNumber } from "./flag-values.ts";
import { BareClient } from "./load/bare-client.ts";
import { serveRun } from "./load/served-run.ts";
import { percentile } from "./percentile.ts";
import { scenarioFile } from "./scenario-run.ts";
import { table } from "./table.ts";

const { values: flags } = parseArgs({ options: { connections: { type: "string", default: "1000" } } });
const number = wholeNumber("connections", flags.connections, 1);
/** Honest clients that come one after the other, and the milliseconds between two. */
const honest = 50;
const pause = 20;
/** Milliseconds between two headers of a request, which keep its connection from being idle. */
const dribble = 1000;

const request = "GET /health HTTP/1.1\r\nHost: localhost\r\n";
const upgrade =
	"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

interface Kind {
	readonly title: string;
	readonly first: string;
	/** Whether more headers follow. */
	readonly dribbles: boolean;
}

/** What is there at the same time. */
const attacks: readonly (readonly Kind[])[] = [
	[
		{ title: "HTTP requests without end", first: request, dribbles: true },
		{ title: "upgrades without end", first: upgrade, dribbles: true },
	],
	[{ title: "WebSockets without hello", first: `${upgrade}\r\n`, dribbles: false }],
];

interface Slow {
	/** Seconds from the first byte to the end. */
	readonly lasted: Promise<number>;
	isOpen(): boolean;
	/** HTTP status that came. */
	status(): string;
}

async function open(port: number, { first, dribbles }: Kind): Promise<Slow> {
	const socket = connect(port, "127.0.0.1");
	let received = "";
	socket.on("data", (bytes: Buffer) => {
		received += bytes.subarray(0, 12).toString("latin1");
	});
	socket.on("error", () => undefined);
	await once(socket, "connect");
	const started = performance.now();
	socket.write(first);
	const more = dribbles ? setInterval(() => socket.write("X-More: x\r\n"), dribble) : undefined;
	const lasted = new Promise<number>((resolve) => {
		socket.on("close", () => {
			clearInterval(more);
			resolve((performance.now() - started) / 1000);
		});
	});
	return { lasted, isOpen: () => !socket.closed, status: () => received.slice(9, 12) };
}

async function openAll(port: number, kind: Kind): Promise<readonly Slow[]> {
	const all: Slow[] = [];
	// More at once would wait in the queue of connections that are not yet accepted.
	while (all.length < number) {
		const some = Math.min(100, number - all.length);
		all.push(...(await Promise.all(Array.from({ length: some }, () => open(port, kind)))));
	}
	return all;
}

let joined = 0;

/** Milliseconds from the connection to the welcome, of clients that come one after the other while it `isSo`. */
async function joinMany(address: string, isSo: () => boolean): Promise<readonly number[]> {
	const times: number[] = [];
	while (times.length < honest && isSo()) {
		const started = performance.now();
		const client = new BareClient(address, joined++, 610);
		if (!(await client.ready)) throw new Error(`an honest client was not let in: ${client.end}`);
		times.push(performance.now() - started);
		await sleep(pause);
	}
	return times;
}

// More clients than there will be: the run waits.
const server = await serveRun({
	file: scenarioFile("scenarios/served.yaml"),
	set: [`clients.number=${(1 + attacks.length) * honest + 1}`],
});
try {
	const { address } = server;
	const port = Number(new URL(address).port);
	while ((await fetch(`http://127.0.0.1:${port}/ready`)).status !== 200) await sleep(100);
	const timesOf = (title: string, times: readonly number[]): readonly string[] => [
		title,
		String(times.length),
		...[0.5, 0.99, 1].map((share) => percentile(times, share).toFixed(1)),
	];
	const joins = [timesOf("nothing else", await joinMany(address, () => true))];
	const ends: string[][] = [];
	for (const kinds of attacks) {
		const groups = await Promise.all(kinds.map((kind) => openAll(port, kind)));
		const areThere = (): boolean => groups.flat().every((each) => each.isOpen());
		joins.push(timesOf(kinds.map(({ title }) => title).join(", "), await joinMany(address, areThere)));
		for (const [index, group] of groups.entries()) {
			const lasted = await Promise.all(group.map((each) => each.lasted));
			const statuses = [...new Set(group.map((each) => each.status()))].join(", ");
			const spread = `${percentile(lasted, 0).toFixed(1)} to ${percentile(lasted, 1).toFixed(1)}`;
			ends.push([kinds[index]?.title ?? "", String(lasted.length), spread, statuses]);
		}
	}
	process.stdout.write(
		`${table([["", "all closed", "after seconds", "answered"], ...ends])}\n` +
			table([["honest clients let in beside", "number", "median ms", "p99 ms", "longest ms"], ...joins]),
	);
} finally {
	await server.close();
}
process.exit(); // the honest clients are still connected

// What a server takes to send a large model. First: resident memory of the server above what it holds when the model is announced
// and nobody has fetched it (its own copies of the model and the encoded payload are there), with one client that fetches and
// with many. Then: how a reader at 10 KB/s slows the others down, rounds with and without it in turn, what waits for it in
// the server, and what becomes of it at the deadline.
// Usage: node bench/src/server-download.ts [--megabytes NUMBER] [--clients NUMBER]... [--pairs NUMBER]
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { wholeNumber } from "./flag-values.ts";
import { startLoad } from "./load/load-control.ts";
import { serveRun } from "./load/served-run.ts";
import { median } from "./median.ts";
import { scenarioFile } from "./scenario-run.ts";
import { table } from "./table.ts";

const { values: flags } = parseArgs({
	options: {
		megabytes: { type: "string", default: "480" },
		clients: { type: "string", multiple: true, default: ["1", "50"] },
		pairs: { type: "string", default: "5" },
		readers: { type: "string", default: "50" },
		deadline: { type: "string", default: "60" },
	},
});
const megabytes = wholeNumber("megabytes", flags.megabytes, 1);
const numbers = flags.clients.map((text) => wholeNumber("clients", text, 1));
const pairs = wholeNumber("pairs", flags.pairs, 0);
const readers = wholeNumber("readers", flags.readers, 2);
const deadline = wholeNumber("deadline", flags.deadline, 1);
const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/** A server whose model has about so many bytes, and clients that fetch it on order. */
async function serveModel(bytes: number, clients: number, deadlineSeconds: number) {
	// Two hidden layers of this width between 60 features and 10 classes.
	const width = Math.round(Math.sqrt(bytes / 4 + 36 ** 2) - 36);
	const parameters = width ** 2 + 72 * width + 10;
	const server = await serveRun({
		file: scenarioFile("scenarios/served.yaml"),
		set: [
			`clients.number=${clients}`,
			`clients.perRound=${clients}`,
			"rounds=1000000",
			`model={name: mlp, hidden: [${width}, ${width}]}`,
			`server.deadlineSeconds=${deadlineSeconds}`,
			"output.checkpointEvery=1000000",
		],
	});
	const load = startLoad();
	await load.call("join", {
		address: server.address,
		first: 0,
		count: clients,
		parameters,
		answerBytes: 4,
		answerAfter: 3000,
		answerWith: "failed",
		fetchOnOrder: true,
	});
	await load.call("untilAnnounced", clients);
	return { server, load, payloadBytes: 4 * parameters };
}

async function memoryFor(clients: number): Promise<readonly string[]> {
	const { server, load, payloadBytes } = await serveModel(megabytes * 1e6, clients, 86_400);
	try {
		const { rss: base } = await server.state("settled state");
		let peak = base;
		const over = new AbortController();
		const watch = (async () => {
			while (!over.signal.aborted) {
				peak = Math.max(peak, (await server.resident()).now);
				await sleep(20);
			}
		})();
		const seconds = await load.call("fetchAll", { number: clients });
		over.abort();
		await watch;
		const speed = (clients * payloadBytes) / 1e6 / seconds;
		return [String(clients), mebibytes(base), mebibytes(peak - base), seconds.toFixed(0), speed.toFixed(0)];
	} finally {
		load.close();
		await server.close();
	}
}

async function slowReader(): Promise<string> {
	const slow = readers - 1;
	const { server, load } = await serveModel(20e6, readers, deadline);
	const speeds = { together: [] as number[], besides: [] as number[] };
	const held = { together: [] as number[], besides: [] as number[] };
	try {
		for (let pair = -1; pair < pairs; pair++) {
			for (const way of ["together", "besides"] as const) {
				await load.call("readAt", { client: slow, bytesPerSecond: null });
				await load.call("untilAnnounced", readers);
				const before = await server.state("settled state");
				if (way === "besides") await load.call("readAt", { client: slow, bytesPerSecond: 10_000 });
				const seconds = await load.call("fetchAll", { number: readers, but: slow });
				const after = await server.state("settled state");
				// When the others are asked again, the slow one was left out.
				await load.call("untilAnnounced", readers - 1);
				if (pair < 0) continue; // the first two warm up
				speeds[way].push(seconds);
				held[way].push(after.arrayBuffers - before.arrayBuffers);
			}
		}
		await load.call("readAt", { client: slow, bytesPerSecond: null });
		await load.call("untilAnnounced", readers);
		const { dropped } = await load.call("counts");
		const stopped = server.stop();
		await load.call("fetchAll", { number: readers });
		const lost = (await stopped).filter(
			({ type, reason }) => type === "client.lost" && reason === "deadline",
		);
		const ofOthers = lost.filter(({ client }) => client !== slow).length;
		return [
			`${readers} readers of 20 MB, one at 10 KB/s in every other round; medians of ${pairs} rounds of each kind`,
			`the others had the model after ${median(speeds.besides).toFixed(2)} s beside it, ${median(speeds.together).toFixed(2)} s without it: ${(median(speeds.besides) / median(speeds.together)).toFixed(3)}`,
			`pairs: ${speeds.besides.map((time, index) => (time / (speeds.together[index] ?? Number.NaN)).toFixed(2)).join(" ")}`,
			`array buffers of the server grew by ${mebibytes(Math.max(...held.besides))} MiB at most while it waited, by ${mebibytes(Math.max(...held.together))} without it`,
			`left out at the deadline: the slow one ${lost.length - ofOthers} of ${pairs + 1} times, others ${ofOthers} times; ${dropped} connections lost`,
			"",
		].join("\n");
	} finally {
		load.close();
		await server.close();
	}
}

if (pairs > 0) process.stdout.write(await slowReader());
if (numbers.length > 0) {
	const title = ["clients", "MiB before", "MiB above it at most", "seconds", "MB/s"];
	const lines = [title];
	for (const number of numbers) lines.push([...(await memoryFor(number))]);
	process.stdout.write(`A model of ${megabytes} MB, fetched at once\n${table(lines)}`);
}

// Throughput of updates of 10 MB, from the result's announcement to its receipt, for one client and for ten at once, beside
// what the same processes reach with the same bytes when nobody looks at them: over TCP, and in WebSocket messages of the
// size of a chunk. All three in turn. Usage: node bench/src/server-upload.ts [--repeats NUMBER]
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { limits } from "@fl-sim/protocol";
import { wholeNumber } from "./flag-values.ts";
import { startLoad } from "./load/load-control.ts";
import { serveRun } from "./load/served-run.ts";
import { median } from "./median.ts";
import { scenarioFile } from "./scenario-run.ts";
import { percent, table } from "./table.ts";

const { values: flags } = parseArgs({
	options: {
		repeats: { type: "string", default: "30" },
		clients: { type: "string", multiple: true, default: ["1", "10"] },
		profile: { type: "boolean", default: false },
	},
});
const repeats = wholeNumber("repeats", flags.repeats, 1);
const numbers = flags.clients.map((text) => wholeNumber("clients", text, 1));
/** Units of the hidden layer between 60 features and 10 classes. */
const hidden = 36_920;
const parameters = 61 * hidden + 10 * hidden + 10;
const bytes = 4 * parameters + 4;
/** Time for the server to end what it does after a round, in milliseconds. */
const pause = 300;

interface Way {
	readonly title: string;
	readonly seconds: number[];
	transfer(): Promise<number>;
}

async function measure(number: number): Promise<readonly Way[]> {
	const raw = fork(fileURLToPath(new URL("load/raw-receiver.ts", import.meta.url)));
	const [ports] = (await once(raw, "message")) as [{ tcp: number; webSocket: number }];
	const server = await serveRun({
		file: scenarioFile("scenarios/served.yaml"),
		set: [
			`clients.number=${number}`,
			`clients.perRound=${number}`,
			`rounds=${repeats + 2}`,
			`model={name: mlp, hidden: [${hidden}]}`,
			"evaluation.every=1000000",
			"output.checkpointEvery=1000000",
		],
		nodeOptions: flags.profile ? ["--cpu-prof", "--cpu-prof-dir=profiles"] : [],
	});
	const load = startLoad(flags.profile ? ["--cpu-prof", "--cpu-prof-dir=profiles"] : []);
	try {
		const { address } = server;
		await load.call("join", { address, first: 0, count: number, parameters, answerAfter: "held" });
		const rawTransfer = (kind: "tcp" | "webSocket") => () =>
			load.call("rawTransfer", {
				kind,
				port: ports[kind],
				connections: number,
				bytes,
				chunkBytes: limits.chunkData,
			});
		const ways: readonly Way[] = [
			{ title: "TCP", seconds: [], transfer: rawTransfer("tcp") },
			{ title: "WebSocket messages", seconds: [], transfer: rawTransfer("webSocket") },
			{ title: "updates, checked and folded", seconds: [], transfer: () => load.call("answerAll", number) },
		];
		for (let repetition = -2; repetition < repeats; repetition++) {
			for (const way of ways) {
				await load.call("untilHeld", number);
				await sleep(pause);
				const time = await way.transfer();
				if (repetition >= 0) way.seconds.push(time); // the first two warm up
			}
			// The last round has no next one to wait for.
			if (repetition === repeats - 1) await server.finished();
		}
		return ways;
	} finally {
		load.close();
		raw.disconnect();
		await server.close();
	}
}

const lines = [["clients", "bytes sent as", "MB/s", "range", "of TCP", "of WebSocket messages"]];
for (const number of numbers) {
	const ways = await measure(number);
	const speeds = ways.map(({ seconds }) => seconds.map((time) => (number * bytes) / 1e6 / time));
	for (const [index, { title }] of ways.entries()) {
		const own = speeds[index] ?? [];
		const share = (other: number): string => percent(median(own) / median(speeds[other] ?? []));
		lines.push([
			String(number),
			title,
			median(own).toFixed(0),
			`${Math.min(...own).toFixed(0)} to ${Math.max(...own).toFixed(0)}`,
			share(0),
			share(1),
		]);
	}
}
process.stdout.write(
	`Updates of ${(bytes / 1e6).toFixed(1)} MB; medians of ${repeats} transfers of each kind in turn\n` +
		table(lines, 2),
);

import { setPriority } from "node:os";
import { resolve } from "node:path";
import { crc32 } from "node:zlib";
import type { Arguments, CliCommand } from "@fl-sim/command-line";
import { loadTlsFiles } from "@fl-sim/command-line/tls";
import { messageOf } from "@fl-sim/core";
import { version } from "@fl-sim/simulation";
import type { Argv } from "yargs";
import { joinLog } from "../node/join-log.ts";
import {
	backendOf,
	integerOf,
	memoryLimitOf,
	type Participants,
	participantsOf,
	textOf,
} from "../node/join-options.ts";
import { leaveOnSignal } from "../node/leave-on-signal.ts";
import { memoryLimit } from "../node/memory-limit.ts";
import { nodeTimer } from "../node/node-timer.ts";
import { parseServerAddress } from "../node/server-address.ts";
import { sharedCompute } from "../node/shared-compute.ts";
import { stateFolder } from "../node/state-folder.ts";
import { webSocketTransport } from "../node/web-socket-transport.ts";
import { type ClientEnd, type ClientSettings, runClient, type SessionLog } from "../session/index.ts";

/** `fl-client join`: takes part in the run of a server. */
export const command: CliCommand = {
	usage: "join",
	describe: "Take part in the run of a server",
	configure(parser: Argv): Argv {
		return parser
			.option("server", {
				type: "string",
				demandOption: true,
				describe: "Address of the server: wss://HOST:PORT, or ws://HOST:PORT on this machine",
			})
			.option("partition", {
				type: "string",
				describe: "Part i of n of the scenario's data set, i/n; i-j/n plays several clients",
			})
			.option("data", {
				type: "string",
				describe: "Folder of the data set; without --partition all in it is this client's own",
			})
			.option("client", {
				type: "number",
				describe: "Number of this client, from 0",
				defaultDescription: "that of the token",
			})
			.option("token-file", {
				type: "string",
				describe: "File with the token, else it is in FL_CLIENT_TOKEN",
			})
			.option("ca", { type: "string", describe: "Certificate of the server's authority (PEM)" })
			.option("cert", { type: "string", describe: "Certificate of this client (PEM)" })
			.option("key", { type: "string", describe: "Private key of this client's certificate (PEM)" })
			.option("insecure", { type: "boolean", default: false, describe: "Allow ws:// to another machine" })
			.option("state", {
				type: "string",
				default: "fl-client-state",
				describe: "Folder of the clients' own states",
			})
			.option("workers", { type: "number", default: 1, describe: "Worker threads" })
			.option("memory-limit", { type: "string", describe: "Refuse tasks that need more memory, such as 2GB" })
			.option("nice", {
				type: "number",
				default: 10,
				describe: "Priority of the process, 0 normal to 19 lowest",
			})
			.option("backend", {
				type: "string",
				describe: "Compute with this one only (`fl-sim doctor` lists them)",
			})
			.option("give-up-after", {
				type: "number",
				default: 600,
				describe: "Seconds without a connection after which the client ends",
			})
			.option("quiet", { type: "boolean", default: false, describe: "Print warnings only" })
			.option("json", { type: "boolean", default: false, describe: "Print lines of JSON" })
			.example("$0 --server ws://localhost:9000 --partition 1/5", "Part 1 of 5 of the scenario's data set")
			.example("$0 --server ws://localhost:9000 --partition 1-5/5", "All five clients in one process")
			.example("$0 --server wss://fl.example.org --data ./mine --token-file token", "Data of its own");
	},
	run: join,
};

/** Longest time without a connection that is worth waiting, a year. */
const mostSeconds = 31_536_000;

async function join(args: Arguments): Promise<number> {
	const log = joinLog({
		isQuiet: args["quiet"] === true,
		isPretty: args["json"] !== true && process.stdout.isTTY,
		write: (text) => process.stdout.write(text),
	});
	const address = parseServerAddress(String(args["server"]), { allowsInsecure: args["insecure"] === true });
	const participants = await participantsOf(args, process.env);
	const tls = await loadTlsFiles({
		ca: textOf(args, "ca"),
		cert: textOf(args, "cert"),
		key: textOf(args, "key"),
	});
	const nice = integerOf(args, "nice", { least: 0, most: 19 }) ?? 0;
	const workers = integerOf(args, "workers", { least: 1, most: 256 }) ?? 1;
	const giveUpAfterSeconds = integerOf(args, "give-up-after", { least: 1, most: mostSeconds }) ?? mostSeconds;
	const memory = memoryLimit(memoryLimitOf(args));
	// Before threads start, which take the priority over. Where the system forbids it, nothing is lost.
	if (nice > 0) beNice(nice, log);
	const { data, clients } = participants;
	const compute = await sharedCompute({
		data,
		workers: Math.min(workers, clients.length),
		backend: backendOf(args),
		memory,
		log,
	});
	const shared = {
		software: `fl-sim ${version}`,
		transport: webSocketTransport({ address, tls }),
		compute,
		stores: stateFolder(resolve(String(args["state"]))),
		timer: nodeTimer,
		checksum: crc32,
		log,
		// What is spread over time here changes no result, and must differ from one machine to the other.
		random: () => (crypto.getRandomValues(new Uint32Array(1))[0] as number) / 2 ** 32,
		giveUpAfterSeconds,
	};
	const leave = leaveOnSignal();
	try {
		return exitCodeOf(await playAll(participants, shared, leave.signal));
	} finally {
		leave.close();
	}
}

function beNice(nice: number, log: SessionLog): void {
	try {
		setPriority(nice);
	} catch (error) {
		log.warn({}, `the priority of the process stays as it is: ${messageOf(error)}`);
	}
}

/** Plays until the last client is done: one that fails leaves the others alone. */
async function playAll(
	{ clients, tokens }: Participants,
	shared: Omit<ClientSettings, "client" | "token">,
	leave: AbortSignal,
): Promise<readonly ClientEnd[]> {
	const ends = await Promise.allSettled(
		clients.map(async (client) => {
			try {
				const end = await runClient({ ...shared, client, token: tokens.get(client) }, leave);
				shared.log.info({ client, end }, `client ${client}: ${endings[end]}`);
				return end;
			} catch (error) {
				if (clients.length > 1) shared.log.warn({ client }, `client ${client} ends: ${messageOf(error)}`);
				throw error;
			}
		}),
	);
	return ends.map((end) => {
		if (end.status === "rejected") throw end.reason;
		return end.value;
	});
}

const endings: Readonly<Record<ClientEnd, string>> = {
	finished: "the run is finished",
	stopped: "the server stopped the run",
	failed: "the run failed on the server",
	left: "left the run",
	gone: "the server is gone after the last round",
};

function exitCodeOf(ends: readonly ClientEnd[]): number {
	if (ends.includes("left")) return 130;
	return ends.includes("failed") ? 1 : 0;
}

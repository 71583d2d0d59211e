// Clients that die: in each round a share of them is killed with -9, at a moment that the seed draws, and started again.
// Every round must close, no later than 2 seconds after its deadline; nobody may end by an error; and the simulator must end in
// the same weights with the losses that were recorded.
// Usage: node bench/src/client-kills.ts [--rounds NUMBER] [--clients NUMBER] [--deadline SECONDS] [--seed NUMBER]
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type RandomStream, randomStream } from "@fl-sim/core";
import { replay } from "@fl-sim/simulation";
import { wholeNumber } from "./flag-values.ts";
import { MortalClient } from "./load/mortal-client.ts";
import { serveRun } from "./load/served-run.ts";
import { median } from "./median.ts";
import { scenarioFile } from "./scenario-run.ts";
import { table } from "./table.ts";

const { values: flags } = parseArgs({
	options: {
		rounds: { type: "string", default: "50" },
		clients: { type: "string", default: "10" },
		deadline: { type: "string", default: "10" },
		seed: { type: "string", default: "1" },
	},
});
const rounds = wholeNumber("rounds", flags.rounds, 1);
const number = wholeNumber("clients", flags.clients, 2);
const deadline = wholeNumber("deadline", flags.deadline, 1);
const seed = wholeNumber("seed", flags.seed, 0);
const share = 0.3;
const victimsPerRound = Math.round(share * number);

/** So many of a list, in a drawn order. */
function drawn<Item>(items: readonly Item[], count: number, random: RandomStream): Item[] {
	const rest = [...items];
	return Array.from({ length: Math.min(count, rest.length) }, () => {
		const [item] = rest.splice(random.integer(rest.length), 1);
		return item as Item;
	});
}

const server = await serveRun({
	file: scenarioFile("scenarios/served.yaml"),
	set: [
		`clients.number=${number}`,
		`clients.perRound=${number}`,
		`rounds=${rounds}`,
		`server={deadlineSeconds: ${deadline}, graceSeconds: 0.5, heartbeatSeconds: 5, minimumClients: ${Math.ceil(number / 2)}}`,
		"evaluation.every=1",
	],
});
const states = await mkdtemp(join(tmpdir(), "fl-sim-bench-"));
let round = 0;
const moments = { "as a round begins": 0, "as its training begins": 0, "as its answer is there": 0 };
const clients = Array.from(
	{ length: number },
	(_, index) =>
		new MortalClient(
			{ server: server.address, partition: `${index + 1}/${number}`, state: states },
			(begun) => {
				if (begun > round) killSome(begun);
			},
		),
);

function killSome(begun: number): void {
	round = begun;
	const random = randomStream(seed, "kills", begun);
	const victims = drawn(
		clients.filter(({ isThere }) => isThere),
		victimsPerRound,
		random,
	);
	for (const victim of victims) {
		const [moment] = drawn(Object.keys(moments) as (keyof typeof moments)[], 1, random);
		if (moment === undefined) continue;
		moments[moment] += 1;
		if (moment === "as a round begins") victim.kill();
		else
			victim.killAt(
				moment === "as its training begins" ? /task \w+ of round \d+ begins/ : /task \S+ is done/,
			);
	}
}

try {
	const events = await server.finished();
	for (const client of clients) client.isWanted = false;
	const finished = events.filter(({ type }) => type === "round.finished");
	const seconds = finished.map(({ wallSeconds }) => Number(wallSeconds));
	const replied = events.filter(({ type }) => type === "client.replied").length;
	const losses = new Map<string, number>();
	for (const { type, reason } of events) {
		if (type === "client.lost") losses.set(String(reason), (losses.get(String(reason)) ?? 0) + 1);
	}
	const run = events.find(({ type }) => type === "run.started")?.["run"];
	const { isEqual } = await replay(String(run), { workers: 0 });
	const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);
	const tell = (counts: Iterable<readonly [string, number]>): string =>
		[...counts].map(([name, count]) => `${count} ${name}`).join(", ");
	const kills = sum(clients.map((client) => client.kills));
	const errors = clients.flatMap((client) => client.errors);
	process.stdout.write(
		table(
			[
				["rounds closed, of those begun", `${finished.length} of ${rounds}`],
				["clients killed", `${kills}, ${(kills / rounds).toFixed(1)} a round`],
				["moments chosen", tell(Object.entries(moments))],
				["answers counted", String(replied)],
				["answers lost", `${sum(losses.values())}: ${tell(losses)}`],
				["seconds of a round, median", median(seconds).toFixed(2)],
				["seconds of the longest round", `${Math.max(...seconds).toFixed(2)}, deadline ${deadline}`],
				[
					"rounds beyond the deadline and 2 seconds",
					String(seconds.filter((time) => time > deadline + 2).length),
				],
				["clients that ended by an error", String(errors.length)],
				["weights of the replay", isEqual ? "the same" : "DIFFERENT"],
			],
			2,
		),
	);
	for (const error of errors) process.stdout.write(`${error}\n`);
	if (!isEqual || errors.length > 0 || finished.length < rounds) process.exitCode = 1;
} finally {
	await Promise.all(clients.map((client) => client.end()));
	await server.close();
	await rm(states, { recursive: true, force: true });
}

/*
 * A server and its clients as real processes on this machine, and the same scenario in the simulator: both end in the same weights, bit for bit,
 * after the same payload bytes. Ends with exit code 1 if they do not.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readRun } from "@fl-sim/runs";
import { loadScenario } from "@fl-sim/scenario";
import { simulate } from "@fl-sim/simulation";
import { prefixedLines } from "./demonstration/prefixed-lines.ts";
import { ShownProcess } from "./demonstration/shown-process.ts";
import { scenarioFile } from "./scenario-run.ts";

const { values: flags } = parseArgs({
	options: {
		mnist: { type: "string" },
		set: { type: "string", multiple: true, default: [] },
		scenario: { type: "string", default: scenarioFile("../../scenarios/federation.yaml") },
		help: { type: "boolean", default: false },
	},
});

const usage = `Plays scenarios/federation.yaml with a server and its clients as processes on this machine, and in the simulator.

  --mnist FOLDER     with the real MNIST, which lies in FOLDER
  --set path=value   a change to the scenario, such as rounds=3; may be repeated
  --scenario FILE    another scenario
`;

const show = prefixedLines((text) => process.stdout.write(text));
const mainOf = (program: string): string => fileURLToPath(new URL(`../../${program}`, import.meta.url));

/** What two runs of the same scenario must agree in. */
interface Ending {
	readonly weights: string;
	readonly bytesDown: number;
	readonly bytesUp: number;
}

async function federate(file: string, set: readonly string[], folder: string): Promise<Ending> {
	const { scenario } = await loadScenario(file, { set });
	const { number } = scenario.clients;
	const processes: ShownProcess[] = [];
	let run = "";
	const start = (name: string, words: readonly string[]): ShownProcess => {
		const started = new ShownProcess(name, words, show);
		processes.push(started);
		return started;
	};
	const endAll = (): void => {
		for (const each of processes) each.end();
	};
	process.once("exit", endAll);
	try {
		const settings = set.flatMap((setting) => ["--set", setting]);
		const log = ["--log", join(folder, "server.log")];
		const server = start("server", [mainOf("server/src/main.ts"), file, ...settings, "--port", "0", ...log]);
		const [address = ""] = await server.find(/ws:\/\/\S+/);
		const data = flags.mnist === undefined ? [] : ["--data", resolve(flags.mnist)];
		for (let client = 1; client <= number; client++) {
			const place = [
				"--server",
				address,
				"--partition",
				`${client}/${number}`,
				"--state",
				join(folder, "state"),
			];
			start(`client ${client - 1}`, [mainOf("client/src/main.ts"), ...place, ...data]);
		}
		for (const { name, ended } of processes) {
			const code = await ended;
			if (code !== 0) throw new Error(`${name} ended with exit code ${code}`);
		}
		[, run = ""] = await server.find(/^\s*Run\s+(\S.*)$/);
	} finally {
		endAll();
		process.off("exit", endAll);
	}
	const record = readRun(resolve(run));
	const last = record.rounds.at(-1);
	return {
		weights: record.manifest.weightsSha256 ?? "none",
		bytesDown: last?.totalDownBytes ?? 0,
		bytesUp: last?.totalUpBytes ?? 0,
	};
}

async function play(file: string, set: readonly string[]): Promise<Ending> {
	const loaded = await loadScenario(file, { set: [...set, "output.report=false"] });
	const { weightsSha256, bytesDown, bytesUp } = await simulate(loaded, {
		onEvent(event) {
			if (event.type === "evaluated.central") {
				show("simulator", `round ${event.round}: accuracy ${(100 * event.accuracy).toFixed(2)}%`);
			}
		},
	});
	return { weights: weightsSha256, bytesDown, bytesUp };
}

function compare(federated: Ending, simulated: Ending): boolean {
	const rows = [
		["SHA-256 of the weights", federated.weights, simulated.weights],
		["payload bytes to clients", federated.bytesDown, simulated.bytesDown],
		["payload bytes from clients", federated.bytesUp, simulated.bytesUp],
	] as const;
	process.stdout.write("\n");
	for (const [what, one, other] of rows) {
		const isSame = one === other;
		process.stdout.write(`${what}: ${one.toLocaleString("en")}\n`);
		process.stdout.write(
			isSame
				? "    the same in the simulator\n"
				: `    OTHER in the simulator: ${other.toLocaleString("en")}\n`,
		);
	}
	return rows.every(([, one, other]) => one === other);
}

async function demonstrate(): Promise<boolean> {
	const folder = await mkdtemp(join(tmpdir(), "fl-demonstration-"));
	const mnist =
		flags.mnist === undefined
			? []
			: [`dataset={ name: mnist, path: ${JSON.stringify(resolve(flags.mnist))} }`];
	const set = [...mnist, ...flags.set];
	const interrupted = (): void => process.exit(130);
	process.once("SIGINT", interrupted);
	try {
		const federated = await federate(flags.scenario, set, folder);
		return compare(federated, await play(flags.scenario, set));
	} finally {
		process.off("SIGINT", interrupted);
		await rm(folder, { recursive: true, force: true });
	}
}

if (flags.help) process.stdout.write(usage);
else process.exitCode = (await demonstrate()) ? 0 : 1;

import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RunEvent } from "@fl-sim/core";
import { loadScenario } from "@fl-sim/scenario";
import { replay, type SimulationResult, simulate } from "@fl-sim/simulation";
import { expect, onTestFinished } from "vitest";
import type { Fault } from "./fault-point.preload.ts";
import { type ProgramSettings, RunningProgram } from "./program.fixture.ts";

const root = join(import.meta.dirname, "../../..");
const serverMain = join(root, "server/src/main.ts");
const clientMain = join(root, "client/src/main.ts");

/** A run of a moment: softmax regression of four clients, three a round. */
const text = `
name: small
seed: 3
dataset: { name: synthetic, users: 12 }
partition: { name: iid, split: { train: 0.8, test: 0.2 } }
model: { name: softmax }
clients: { number: 4, perRound: 3, localEpochs: 1, batchSize: 8, learningRate: 0.05 }
rounds: 4
evaluation: { every: 1, clients: all, clientsEvery: 2 }
output: { folder: RUNS, report: false }
server: { heartbeatSeconds: 20, graceSeconds: 60, deadlineSeconds: 120 }
backend: wasm
`;

/** A server process and where it listens. */
export interface RunningServer {
	readonly program: RunningProgram;
	readonly port: number;
}

/** A scenario in a folder of its own, and the programs that play it. All is gone after the test. */
export class SmallFederation {
	readonly folder: string;
	readonly #file: string;
	readonly #set: readonly string[];

	private constructor(folder: string, set: readonly string[]) {
		this.folder = folder;
		this.#file = join(folder, "small.yaml");
		this.#set = set;
	}

	static async create(...set: readonly string[]): Promise<SmallFederation> {
		const folder = await mkdtemp(join(tmpdir(), "fl-federation-"));
		onTestFinished(() => rm(folder, { recursive: true, force: true }));
		const federation = new SmallFederation(folder, set);
		await writeFile(federation.#file, text.replace("RUNS", join(folder, "runs")));
		return federation;
	}

	/** The run folder of the server; empty while there is none that can be resumed. */
	get run(): string {
		const runs = join(this.folder, "runs");
		const names = existsSync(runs) ? readdirSync(runs).filter((name) => /^\d/.test(name)) : [];
		const name = names.find((each) => existsSync(join(runs, each, "run.json")));
		return name === undefined ? "" : join(runs, name);
	}

	/** The same scenario, played by the simulator in this process. */
	async simulated(): Promise<SimulationResult> {
		const set = [...this.#set, `output.folder=${join(this.folder, "simulated")}`];
		return await simulate(await loadScenario(this.#file, { set }), { workers: 0 });
	}

	/** Starts a server in which something happens at a chosen point, perhaps before it listens. */
	serveWith(fault: Fault): RunningProgram {
		return this.#start(this.#scenarioWords(), faulty(fault));
	}

	/** Goes on with the run, or begins it anew, with a server in which something happens at a chosen point. */
	resumeWith(fault: Fault): RunningProgram {
		const { run } = this;
		return this.#start(run === "" ? this.#scenarioWords() : ["resume", run], faulty(fault));
	}

	/** Starts a server, and resolves once it listens. */
	async serve(args: readonly string[] = [], settings: ProgramSettings = {}): Promise<RunningServer> {
		return await listening(this.#start([...this.#scenarioWords(), ...args], settings));
	}

	/** Starts a server that goes on with the run; a run that was killed before there was one begins anew. */
	async resume(args: readonly string[] = [], settings: ProgramSettings = {}): Promise<RunningServer> {
		const { run } = this;
		if (run === "") return await this.serve(args, settings);
		return await listening(this.#start(["resume", run, ...args], settings));
	}

	/** Starts clients `partition`, such as 1-4/4, that connect to an address of this machine. */
	join(
		partition: string,
		address: number | string,
		args: readonly string[] = [],
		environment: NodeJS.ProcessEnv = {},
	): RunningProgram {
		const server = typeof address === "number" ? `ws://127.0.0.1:${address}` : address;
		const state = join(this.folder, "state");
		const words = ["--server", server, "--partition", partition, "--state", state, "--nice", "0", "--json"];
		return new RunningProgram(clientMain, [...words, ...args], { environment, cwd: this.folder });
	}

	#scenarioWords(): string[] {
		return [this.#file, ...this.#set.flatMap((setting) => ["--set", setting])];
	}

	#start(words: readonly string[], settings: ProgramSettings): RunningProgram {
		const fixed = ["--port", "0", "--workers", "0", "--json"];
		return new RunningProgram(serverMain, [...words, ...fixed], { cwd: this.folder, ...settings });
	}
}

/** Resolves once a server listens. */
export async function listening(program: RunningProgram): Promise<RunningServer> {
	const [, port] = await program.line(/"address":"https?:\/\/[^"]*:(\d+)"/);
	return { program, port: Number(port) };
}

function faulty(fault: Fault): ProgramSettings {
	const preload = pathToFileURL(join(import.meta.dirname, "fault-point.preload.ts")).href;
	return {
		nodeArguments: ["--import", preload],
		environment: { FL_FAULT_POINT: JSON.stringify(fault) },
	};
}

/** Issues a token for each client of a scenario in a folder. */
export async function issueTokens(folder: string, clients: string): Promise<readonly string[]> {
	const issued = await flServer(["tokens", "issue", "--client", clients], folder);
	return issued.flatMap((line) => /flc1\.\d+\.[\w-]+/.exec(line) ?? []);
}

/** Runs a command of fl-server to its end and returns what it printed. */
export async function flServer(args: readonly string[], cwd: string): Promise<readonly string[]> {
	const program = new RunningProgram(serverMain, args, { cwd });
	await program.success();
	return program.lines;
}

/**
 * Everything recorded of a run that does not depend on the clock, on the place of its folder or on its processes. When a
 * checkpoint was on disk is told in other places of a run that was resumed.
 */
async function recordOf(run: string): Promise<readonly object[]> {
	return (await eventsOf(run)).flatMap((event) => {
		if (event.type === "run.started" || event.type === "checkpoint.written") return [];
		return [Object.fromEntries(Object.entries(event).filter(([key]) => !/wallSeconds$/i.test(key)))];
	});
}

export async function eventsOf(run: string): Promise<readonly RunEvent[]> {
	const lines = (await readFile(join(run, "events.jsonl"), "utf8")).trim().split("\n");
	return lines.map((line) => JSON.parse(line) as RunEvent);
}

/** The server is done and its run is, in all that counts, the run that the simulator plays. */
export async function expectSimulated(federation: SmallFederation, server: RunningServer): Promise<void> {
	const [simulated] = await Promise.all([federation.simulated(), server.program.success()]);
	const result: unknown = JSON.parse(server.program.lines.find((line) => line.startsWith('{"run"')) ?? "{}");
	const { weightsSha256, bytesUp, bytesDown, rounds, finalAccuracy } = simulated;
	expect(result).toMatchObject({ weightsSha256, bytesUp, bytesDown, rounds, finalAccuracy });
	expect(await recordOf(federation.run)).toEqual(await recordOf(simulated.run));
}

/**
 * Every round has its cohort answered or lost once, and the simulator ends in the same weights with the same losses: an
 * answer that counted twice, or in another round than its own, would show in them.
 *
 * @returns how many were lost.
 */
export async function expectReplayed(federation: SmallFederation): Promise<number> {
	const events = await eventsOf(federation.run);
	const finished = events.filter((event) => event.type === "round.finished");
	for (const { round } of finished) {
		const started = events.find((event) => event.type === "round.started" && event.round === round);
		const settled = events.flatMap((event) =>
			(event.type === "client.replied" || event.type === "client.lost") && event.round === round
				? [event.client]
				: [],
		);
		expect(settled).toEqual(started?.type === "round.started" ? started.cohort : []);
	}
	const replayed = await replay(federation.run, { workers: 0 });
	expect(replayed).toMatchObject({ isEqual: true, rounds: finished.length });
	return events.filter((event) => event.type === "client.lost").length;
}

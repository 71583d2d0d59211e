import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../../client/src/main.ts", import.meta.url));

export interface MortalClientSettings {
	readonly server: string;
	readonly partition: string;
	/** Folder of the states, which outlive the process. */
	readonly state: string;
}

/** A client of its own process, which is killed and started again with the state that it left. */
export class MortalClient {
	kills = 0;
	/** How it ended when nobody had killed it. */
	readonly errors: string[] = [];
	/** Whether it has joined the run since it was started last. */
	isThere = false;
	/** Whether it is started again. */
	isWanted = true;
	readonly #settings: MortalClientSettings;
	readonly #onTraining: (round: number) => void;
	#child: ChildProcess;
	#fatal: RegExp | undefined;
	#isKilled = false;

	/** `onTraining` is told of each round whose task begins here. */
	constructor(settings: MortalClientSettings, onTraining: (round: number) => void) {
		this.#settings = settings;
		this.#onTraining = onTraining;
		this.#child = this.#start();
	}

	kill(): void {
		this.kills += 1;
		this.isThere = false;
		this.#fatal = undefined;
		this.#isKilled = true;
		this.#child.kill("SIGKILL");
	}

	/** Kills it at its next line of this kind. */
	killAt(line: RegExp): void {
		this.#fatal = line;
	}

	/** Ends it for good. */
	async end(): Promise<void> {
		this.isWanted = false;
		this.#isKilled = true;
		const { exitCode, signalCode } = this.#child;
		if (exitCode !== null || signalCode !== null) return;
		this.#child.kill("SIGKILL");
		await once(this.#child, "exit");
	}

	#start(): ChildProcess {
		const { server, partition, state } = this.#settings;
		const words = [
			`--server=${server}`,
			`--partition=${partition}`,
			`--state=${state}`,
			"--nice=0",
			"--json",
		];
		const child = spawn(process.execPath, [program, ...words], { stdio: ["ignore", "pipe", "pipe"] });
		const last: string[] = [];
		this.#isKilled = false;
		for (const output of [child.stdout, child.stderr]) {
			createInterface({ input: output }).on("line", (line) => {
				last.push(line);
				if (last.length > 20) last.shift();
				if (child === this.#child) this.#look(line);
			});
		}
		child.once("close", (code, signal) => {
			if (!this.#isKilled && code !== 0) {
				this.errors.push(`client ${partition} ended with ${code ?? signal}:\n${last.join("\n")}`);
			} else if (this.#isKilled && this.isWanted) {
				this.#child = this.#start();
			}
		});
		return child;
	}

	#look(line: string): void {
		if (line.includes("takes part in the run")) this.isThere = true;
		const [, round] = /task \w+ of round (\d+) begins/.exec(line) ?? [];
		if (this.isThere && this.#fatal?.test(line) === true) this.kill();
		if (round !== undefined) this.#onTraining(Number(round));
	}
}

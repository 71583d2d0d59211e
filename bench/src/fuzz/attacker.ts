import { randomStream } from "@fl-sim/core";
import { attackWorld, type Script, type SentFrame } from "@fl-sim/testkit/fuzz";
import { openWorld, type Side, writeFinding } from "./finding.ts";
import { startWatchdog } from "./watchdog.ts";

export interface AttackSettings {
	readonly side: Side;
	readonly seed: string;
	/** Frames to be sent at least: changed ones, and those of the grammar. */
	readonly mutants: number;
	readonly grammar: number;
	/** Where findings are written to. */
	readonly folder: string;
}

/** Connections in one world. */
const connections = 64;
const mostFindings = 10;

/** Attacks one world after the other, and keeps count. */
export class Attacker {
	readonly #settings: AttackSettings;
	readonly #watchdog: ReturnType<typeof startWatchdog>;
	readonly findings: string[] = [];
	readonly sent = { mutants: 0, grammar: 0 };
	/** Frames by what followed: close code and error, or nothing. */
	readonly ends: Record<string, number> = {};
	/** Frames of the grammar by their names. */
	readonly kinds: Record<string, number> = {};
	/** Number of the world, and what was done to it. */
	world = 0;
	scripts: readonly Script[] = [];

	constructor(settings: AttackSettings) {
		this.#settings = settings;
		this.#watchdog = startWatchdog(`${settings.folder}/fuzz-${settings.side}-${settings.seed}-hang.txt`);
		const find = (problem: unknown): void => this.find(problem);
		process.on("uncaughtException", find);
		process.on("unhandledRejection", find);
	}

	get isDone(): boolean {
		return this.findings.length >= mostFindings;
	}

	find(problem: unknown): void {
		const { side, seed, folder } = this.#settings;
		const { world, scripts } = this;
		const file = writeFinding(folder, { side, seed, world, problem: String(problem), scripts });
		this.findings.push(file);
		process.stderr.write(`${side}: ${String(problem)}, written to ${file}\n`);
	}

	/** Attacks the next world; `onFrame` is told of each frame with its place in `scripts`. */
	async attack(
		source: "mutants" | "grammar",
		corpus: readonly Script[],
		onFrame: (sent: SentFrame, script: number, step: number) => void = () => undefined,
	): Promise<void> {
		const { side, seed } = this.#settings;
		this.world += 1;
		const world = openWorld(side, this.world);
		try {
			await attackWorld(world, {
				random: randomStream(seed, side, source, corpus.length, this.world),
				source,
				corpus,
				connections,
				sending: (frame, scripts) => {
					this.scripts = scripts;
					this.#watchdog.sending(frame);
				},
				onFrame: (result, _, kind) => {
					this.#count(source, result, kind);
					onFrame(result, this.scripts.length - 1, (this.scripts.at(-1)?.length ?? 0) - 1);
				},
			});
		} catch (problem) {
			this.find(problem);
		}
		await world.close();
	}

	#count(
		source: "mutants" | "grammar",
		{ closeCode, error = "" }: SentFrame,
		kind: string | undefined,
	): void {
		this.sent[source] += 1;
		if (kind !== undefined) this.kinds[kind] = (this.kinds[kind] ?? 0) + 1;
		const end = closeCode === undefined ? "open" : `${closeCode} ${error}`.trim();
		this.ends[end] = (this.ends[end] ?? 0) + 1;
	}
}

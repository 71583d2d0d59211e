import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { onTestFinished } from "vitest";

/** How a program ended. */
export interface ProgramEnd {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
	for (const child of running) child.kill("SIGKILL");
});

/** A real process of the test that started it: it is killed when the test ends, however it ends. */
export class RunningProgram {
	/** Lines of both outputs so far, in the order in which they came. */
	readonly lines: string[] = [];
	readonly ended: Promise<ProgramEnd>;
	readonly #child: ChildProcess;
	readonly #watching = new Set<() => void>();
	#hasEnded = false;

	constructor(main: string, args: readonly string[], settings: ProgramSettings = {}) {
		const { nodeArguments = [], environment = {}, cwd } = settings;
		this.#child = spawn(process.execPath, [...nodeArguments, main, ...args], {
			stdio: ["ignore", "pipe", "pipe"],
			env: { ...process.env, CI: "1", NO_COLOR: "1", ...environment },
			cwd,
		});
		const child = this.#child;
		running.add(child);
		onTestFinished(async () => {
			child.kill("SIGKILL");
			await this.ended;
		});
		const outputs = [child.stdout, child.stderr].map((output) => this.#read(output as Readable));
		this.ended = Promise.all([once(child, "close"), ...outputs]).then(([[code, signal]]) => {
			running.delete(child);
			this.#hasEnded = true;
			this.#tell();
			return { code, signal };
		});
	}

	/** The first line that matches, now or later. Rejects with all output when the program ends without it. */
	async line(pattern: RegExp): Promise<RegExpExecArray> {
		return await this.#find((line) => pattern.exec(line) ?? undefined, String(pattern));
	}

	/** Waits until so many lines match. */
	async linesLike(pattern: RegExp, count: number): Promise<void> {
		const enough = () => (this.lines.filter((line) => pattern.test(line)).length >= count ? true : undefined);
		await this.#find(enough, `${count} times ${pattern}`);
	}

	kill(signal: NodeJS.Signals = "SIGKILL"): void {
		this.#child.kill(signal);
	}

	/** Kills it with -9, and waits until it is gone. */
	async crash(): Promise<void> {
		this.kill("SIGKILL");
		await this.ended;
	}

	/** Waits for the end, and for exit code 0. */
	async success(): Promise<void> {
		const { code, signal } = await this.ended;
		if (code !== 0) throw new Error(`ended with ${code ?? signal}:\n${this.lines.join("\n")}`);
	}

	async #find<Found>(look: (line: string) => Found | undefined, wanted: string): Promise<Found> {
		for (let at = 0; ; at += 1) {
			while (at >= this.lines.length) {
				if (this.#hasEnded) throw new Error(`ended without ${wanted}:\n${this.lines.join("\n")}`);
				await new Promise<void>((resolve) => {
					const wake = (): void => {
						this.#watching.delete(wake);
						resolve();
					};
					this.#watching.add(wake);
				});
			}
			const found = look(this.lines[at] as string);
			if (found !== undefined) return found;
		}
	}

	async #read(output: Readable): Promise<void> {
		for await (const line of createInterface({ input: output })) {
			this.lines.push(line);
			this.#tell();
		}
	}

	#tell(): void {
		for (const wake of this.#watching) wake();
	}
}

export interface ProgramSettings {
	/** Options of Node itself. */
	readonly nodeArguments?: readonly string[];
	readonly environment?: NodeJS.ProcessEnv;
	readonly cwd?: string;
}

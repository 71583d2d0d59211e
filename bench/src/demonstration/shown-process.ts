import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** Where the lines of all processes go, each with the name of its process. */
export type Show = (name: string, line: string) => void;

/** A program of the repository in a process of its own, whose lines are shown as they come. */
export class ShownProcess {
	readonly name: string;
	/** Resolves to the exit code, 1 for a process that was killed. */
	readonly ended: Promise<number>;
	readonly #child: ChildProcess;
	readonly #lines: string[] = [];
	#look: () => void = () => undefined;

	constructor(name: string, words: readonly string[], show: Show) {
		this.name = name;
		this.#child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
		const outputs = [this.#child.stdout, this.#child.stderr].map((output) =>
			this.#read(output as Readable, show),
		);
		this.ended = Promise.all([once(this.#child, "close"), ...outputs]).then(([[code]]) => {
			this.#look();
			return typeof code === "number" ? code : 1;
		});
	}

	/** The first match of a pattern in the lines, now or later. Throws when the process ends without one. */
	async find(pattern: RegExp): Promise<RegExpExecArray> {
		let hasEnded = false;
		void this.ended.then(() => {
			hasEnded = true;
			this.#look();
		});
		for (;;) {
			for (const line of this.#lines) {
				const match = pattern.exec(line);
				if (match !== null) return match;
			}
			if (hasEnded) throw new Error(`${this.name} ended without a line like ${pattern}`);
			await new Promise<void>((resolve) => {
				this.#look = resolve;
			});
		}
	}

	end(): void {
		this.#child.kill("SIGKILL");
	}

	async #read(output: Readable, show: Show): Promise<void> {
		for await (const line of createInterface({ input: output })) {
			this.#lines.push(line);
			show(this.name, sentenceOf(line));
			this.#look();
		}
	}
}

/** Logs are lines of JSON where nobody looks at them; somebody does. */
function sentenceOf(line: string): string {
	if (!line.startsWith("{")) return line;
	try {
		const { msg } = JSON.parse(line) as { readonly msg?: unknown };
		return typeof msg === "string" ? msg : line;
	} catch {
		return line;
	}
}

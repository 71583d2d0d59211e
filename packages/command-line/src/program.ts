import { enableCompileCache } from "node:module";
import type { CommandEntry } from "./command.ts";

/** A program of several commands. */
export interface Program {
	/** As it is called: `fl-sim`. */
	readonly name: string;
	/** What it is, in a few words. */
	readonly title: string;
	/** Its package.json, which has the version. */
	readonly manifest: URL;
	/** Lines of the help: ways to call it, without `Usage:`. */
	readonly usage: readonly string[];
	readonly examples: readonly string[];
	readonly commands: readonly CommandEntry[];
	/** Name of the command that is meant when the first word can be no command, but a file or an address. */
	readonly fileCommand?: string;
	/** What else may have been meant by a word that names no command, as a sentence. */
	readonly hint?: (word: string) => string;
}

/**
 * Runs a program with the words of this process and sets its exit code. Help and version load next to nothing;
 * everything else is imported when it is needed.
 */
export async function runProgram(program: Program): Promise<void> {
	for (const stream of [process.stdout, process.stderr]) {
		// `fl-sim runs | head`: when the reader is gone, what is left is written to nowhere.
		stream.on("error", (error: NodeJS.ErrnoException) => {
			if (error.code !== "EPIPE") throw error;
		});
	}
	const fail = async (error: unknown): Promise<number> => {
		const { printError } = await import("./print-error.ts");
		return printError(error, program.name);
	};
	process.on("uncaughtException", (error: unknown) => {
		void fail(error).then((code) => process.exit(code));
	});
	const words = process.argv.slice(2);
	const [first, ...others] = words;
	if (first === undefined || first === "help" || first === "--help" || first === "-h") {
		process.stdout.write(programHelp(program));
	} else if ((first === "--version" || first === "-v") && others.length === 0) {
		process.stdout.write(`${await versionOf(program)}\n`);
	} else {
		enableCompileCache();
		try {
			const { runCommand } = await import("./run-command.ts");
			process.exitCode = await runCommand(program, words);
		} catch (error) {
			process.exitCode = await fail(error);
		}
	}
}

function programHelp({ name, title, usage, commands, examples }: Program): string {
	const width = Math.max(...commands.map((command) => command.name.length));
	const lines = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.describe}`);
	return `${name}: ${title}

Usage: ${usage.join("\n       ")}

Commands:
${lines.join("\n")}

Options:
  --help     Show this, or the help of a command
  --version  Show the version

Examples:
${examples.map((example) => `  ${example}`).join("\n")}
`;
}

async function versionOf({ manifest }: Program): Promise<string> {
	const { readFile } = await import("node:fs/promises");
	const read: unknown = JSON.parse(await readFile(manifest, "utf8"));
	return typeof read === "object" && read !== null && "version" in read ? String(read.version) : "";
}

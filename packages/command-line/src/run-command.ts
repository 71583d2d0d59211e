import type { CliCommand, CommandEntry } from "./command.ts";
import type { Program } from "./program.ts";

/** Columns of help where the output is no terminal. */
const standardWidth = 100;

/** Runs the subcommand that the words name; resolves to its exit code. A user's mistake is thrown as `FlSimError`. */
export async function runCommand(program: Program, words: readonly string[]): Promise<number> {
	const { entry, rest } = await entryFor(program, words);
	const command: CliCommand = await entry.load();
	const { parseArguments } = await import("./parse-arguments.ts");
	const width = Math.min(process.stdout.columns ?? standardWidth, standardWidth);
	const parsed = await parseArguments(command, { program: program.name, words: rest, width });
	if ("args" in parsed) return command.run(parsed.args);
	process.stdout.write(parsed.help);
	return 0;
}

async function entryFor(
	program: Program,
	words: readonly string[],
): Promise<{ readonly entry: CommandEntry; readonly rest: readonly string[] }> {
	const { commands, fileCommand } = program;
	const [first = "", ...rest] = words;
	const [only] = commands;
	// A program of one command needs no word for it.
	if (only !== undefined && commands.length === 1 && first.startsWith("-"))
		return { entry: only, rest: words };
	const named = commands.find(({ name }) => name === first);
	if (named !== undefined) return { entry: named, rest };
	const ofFiles = commands.find(({ name }) => name === fileCommand);
	const hasFile = first.startsWith("-") ? words.some(isFileName) : isFileName(first);
	if (ofFiles !== undefined && hasFile) return { entry: ofFiles, rest: words };
	throw await unknownWord(program, first);
}

/** `fl-sim FILE` is `fl-sim run FILE`: a word that no subcommand can be. */
function isFileName(word: string): boolean {
	return /[/\\.]/.test(word) && !word.startsWith("-");
}

async function unknownWord({ commands, hint }: Program, word: string): Promise<Error> {
	const [{ FlSimError }, { nearestName }] = await Promise.all([
		import("@fl-sim/core"),
		import("@fl-sim/scenario"),
	]);
	const isOption = word.startsWith("-");
	const known = isOption ? ["--help", "--version"] : commands.map(({ name }) => name);
	const near = nearestName(word, known);
	const suggestion = near === undefined ? "" : `; did you mean \`${near}\`?`;
	const message = `there is no ${isOption ? "option" : "command"} \`${word}\`${suggestion}`;
	const fix = [`Known: ${known.join(", ")}.`, hint?.(isOption ? "FILE" : word) ?? ""].join(" ").trim();
	return new FlSimError("FL_USAGE", message, { fix });
}

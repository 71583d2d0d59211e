import type { CliCommand } from "./command.ts";
import { type CommandEntry, commandTable } from "./command-table.ts";

/** Columns of help where the output is no terminal. */
const standardWidth = 100;

/** Runs the subcommand that the words name; resolves to its exit code. A user's mistake is thrown as `FlSimError`. */
export async function runCli(words: readonly string[]): Promise<number> {
	const { entry, rest } = await entryFor(words);
	const command: CliCommand = await entry.load();
	const { parseArguments } = await import("./parse-arguments.ts");
	const width = Math.min(process.stdout.columns ?? standardWidth, standardWidth);
	const parsed = await parseArguments(entry.name, command, { words: rest, width });
	if ("args" in parsed) return command.run(parsed.args);
	process.stdout.write(parsed.help);
	return 0;
}

async function entryFor(
	words: readonly string[],
): Promise<{ readonly entry: CommandEntry; readonly rest: readonly string[] }> {
	const [first = "", ...rest] = words;
	const named = commandTable.find(({ name }) => name === first);
	if (named !== undefined) return { entry: named, rest };
	const run = commandTable.find(({ name }) => name === "run");
	const looksLikeRun = first.startsWith("-") ? words.some(isFileName) : isFileName(first);
	if (run !== undefined && looksLikeRun) return { entry: run, rest: words };
	throw await unknownWord(first);
}

/** `fl-sim FILE` is `fl-sim run FILE`: a word that no subcommand can be. */
function isFileName(word: string): boolean {
	return /[/\\.]/.test(word) && !word.startsWith("-");
}

async function unknownWord(word: string): Promise<Error> {
	const [{ FlSimError }, { nearestName }] = await Promise.all([
		import("@fl-sim/core"),
		import("@fl-sim/scenario"),
	]);
	const isOption = word.startsWith("-");
	const known = isOption ? ["--help", "--version"] : commandTable.map(({ name }) => name);
	const near = nearestName(word, known);
	const hint = near === undefined ? "" : `; did you mean \`${near}\`?`;
	const message = `there is no ${isOption ? "option" : "command"} \`${word}\`${hint}`;
	return new FlSimError("FL_USAGE", message, {
		fix: `Known: ${known.join(", ")}. A scenario file is named with its ending: \`fl-sim ${isOption ? "FILE" : word}.yaml\`.`,
	});
}

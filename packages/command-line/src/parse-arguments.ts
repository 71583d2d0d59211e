import { FlSimError } from "@fl-sim/core";
import yargs from "yargs";
import type { Arguments, CliCommand } from "./command.ts";

/** What a subcommand is asked for: to run, or to print its help. */
export type ParsedArguments = { readonly args: Arguments } | { readonly help: string };

/** yargs' sentences in the words of this command line. */
const wording = {
	"Show help": "Show this help",
	"Invalid values:": "a value that is not offered:",
	"Argument: %s, Given: %s, Choices: %s": "%s is %s, expected one of %s",
	"Not enough arguments following: %s": "--%s has no value",
};

/** An option as the help of its command shows it. */
interface ShownOption {
	/** Without dashes. */
	readonly name: string;
	/** The tags behind it: `[string]`, `[array]`. */
	readonly line: string;
}

/** What a subcommand is called with. */
export interface CommandWords {
	/** Name of the program, `fl-sim`. */
	readonly program: string;
	/** The words behind the subcommand's name. */
	readonly words: readonly string[];
	/** Columns of the help. */
	readonly width: number;
}

/**
 * Parses the words behind a subcommand's name.
 *
 * @throws FL_USAGE for unknown, missing, repeated or malformed arguments, with the nearest option.
 */
export async function parseArguments(command: CliCommand, call: CommandWords): Promise<ParsedArguments> {
	const parsed = await parse(command, call).catch((error: unknown) => {
		if (error instanceof UsageProblem) return error.message;
		throw error;
	});
	if (typeof parsed !== "string" && parsed.output !== "") return { help: `${parsed.output}\n` };
	const { output: help } = await parse(command, { ...call, words: ["--help"], width: 200 });
	const options = shownOptions(help);
	const problem = typeof parsed === "string" ? parsed : malformedValue(parsed.args, options);
	if (problem !== undefined) throw await usageError(command, call.program, { problem, options });
	return { args: typeof parsed === "string" ? {} : parsed.args };
}

/** What yargs finds wrong with the words; any other error is one of the command's code. */
class UsageProblem extends Error {}

async function parse(
	command: CliCommand,
	{ program, words, width }: CommandWords,
): Promise<{ readonly args: Arguments; readonly output: string }> {
	let args: Arguments = {};
	let output = "";
	const parser = yargs()
		.scriptName(program)
		.locale("en")
		.wrap(width)
		.parserConfiguration({ "greedy-arrays": false, "dot-notation": false, "parse-positional-numbers": false })
		.command({
			command: command.usage,
			describe: command.describe,
			builder: (inner) => command.configure(inner),
			handler(parsed) {
				args = parsed;
			},
		})
		.strict()
		.version(false)
		.alias("help", "h")
		.updateStrings(wording)
		.exitProcess(false)
		.fail((message: string | null, error: Error) => {
			throw message === null ? error : new UsageProblem(message);
		});
	await parser.parseAsync([nameOf(command), ...words], {}, (_error, _args, text) => {
		output = text;
	});
	return { args, output };
}

/** `validate` of `validate <scenario..>`. */
function nameOf({ usage }: CliCommand): string {
	return usage.split(" ")[0] ?? usage;
}

function shownOptions(help: string): readonly ShownOption[] {
	return [...help.matchAll(/^ +(?:-\w, )?--([\w-]+)(.*)$/gm)].map(([, name = "", line = ""]) => ({
		name,
		line,
	}));
}

/** The first value that has not the type of its option. */
function malformedValue(args: Arguments, options: readonly ShownOption[]): string | undefined {
	for (const { name, line } of options) {
		const value = args[name];
		if (Array.isArray(value) && !line.includes("[array]")) return `--${name} is given twice, expected once`;
		if (Number.isNaN(value)) return `--${name} is no number`;
		const values: readonly unknown[] = Array.isArray(value) ? value : [value];
		const isBare = values.length === 0 && !line.includes("[default: []]");
		if ((isBare || values.includes("")) && /\[(?:string|array)\]/.test(line)) return `--${name} has no value`;
	}
	return undefined;
}

async function usageError(
	command: CliCommand,
	program: string,
	{ problem, options }: { readonly problem: string; readonly options: readonly ShownOption[] },
): Promise<FlSimError> {
	const called = `${program} ${nameOf(command)}`;
	const fix = `Usage: ${program} ${command.usage} [options]. \`${called} --help\` tells more.`;
	const unknown = /^Unknown arguments?: (.+)$/.exec(problem)?.[1]?.split(", ");
	if (unknown === undefined) {
		const oneLine = problem.trim().replaceAll(/\s+/g, " ");
		const found = oneLine.startsWith("Not enough non-option arguments") ? "an argument is missing" : oneLine;
		return new FlSimError("FL_USAGE", `${called}: ${found}`, { fix });
	}
	// Loaded late: the scenario package is large.
	const { nearestName } = await import("@fl-sim/scenario");
	const names = options.map((option) => option.name);
	const lines = unknown.map((word) => {
		const near = nearestName(word, names);
		const hint = near === undefined ? "" : `; did you mean \`--${near}\`?`;
		return `unknown argument \`${word}\`${hint}`;
	});
	return new FlSimError("FL_USAGE", `${called}: ${lines.join("\n")}`, { fix });
}

import type { Argv } from "yargs";

/** Parsed command line: names in camel case, positionals by name. */
export type Arguments = Readonly<Record<string, unknown>>;

/** One subcommand; its module is loaded only when it is called. */
export interface CliCommand {
	/** yargs syntax: `validate <scenario>`. */
	readonly usage: string;
	readonly describe: string;
	configure(parser: Argv): Argv;
	/** Resolves to the exit code; a user's mistake is thrown as `FlSimError`. */
	run(args: Arguments): Promise<number>;
}

/** A subcommand as the help of its program shows it; `load` imports the rest. */
export interface CommandEntry {
	readonly name: string;
	/** Equal to the command's own. */
	readonly describe: string;
	load(): Promise<CliCommand>;
}

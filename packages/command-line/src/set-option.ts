import type { Arguments } from "./command.ts";

/** The option `--set` of every command that reads a scenario. */
export const setOption = {
	type: "string",
	array: true,
	describe: "Change a field: path.to.field=value, any number of times",
} as const;

/** What was given with `--set`. */
export function settingsOf(args: Arguments): readonly string[] {
	return Array.isArray(args["set"]) ? args["set"].map(String) : [];
}

import type { Arguments } from "@fl-sim/command-line";
import { FlSimError } from "@fl-sim/core";

/** The option `--client` of commands that make something for clients. */
export const clientOption = {
	type: "string",
	array: true,
	describe: "Number of a client, or a range such as 0-9; any number of times",
} as const;

/** More would be a slip of the keyboard. */
const mostClients = 100_000;

/** The numbers given with `--client`, each once. @throws FL_USAGE */
export function clientNumbersOf(args: Arguments): readonly number[] {
	const given: readonly unknown[] = Array.isArray(args["client"]) ? args["client"] : [];
	return [...new Set(given.flatMap((text) => rangeOf(String(text))))];
}

function rangeOf(text: string): readonly number[] {
	const [, first = "", last = first] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(text) ?? [];
	const length = Number(last) - Number(first) + 1;
	if (first !== "" && length >= 1 && length <= mostClients) {
		return Array.from({ length }, (_, index) => Number(first) + index);
	}
	throw new FlSimError(
		"FL_USAGE",
		`--client: found ${text}, expected a number from 0 on, or a range such as 0-9`,
	);
}

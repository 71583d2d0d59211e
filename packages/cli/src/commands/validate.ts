import { type Arguments, type CliCommand, printError, setOption, settingsOf } from "@fl-sim/command-line";
import { FlSimError } from "@fl-sim/core";
import { loadScenario } from "@fl-sim/scenario";
import type { Argv } from "yargs";

/** `fl-sim validate FILE...`: every mistake of every file, without running anything. */
export const command: CliCommand = {
	usage: "validate <scenario..>",
	describe: "Check scenarios without running them",
	configure(parser: Argv): Argv {
		return parser
			.positional("scenario", { type: "string", array: true, demandOption: true, describe: "Scenario files" })
			.option("set", setOption)
			.example("$0 validate scenarios/*.yaml", "Check all of them")
			.example("$0 validate scenarios/noniid.yaml --set rounds=0", "Would this be a scenario?");
	},
	async run(args: Arguments): Promise<number> {
		const files: readonly unknown[] = Array.isArray(args["scenario"]) ? args["scenario"] : [args["scenario"]];
		let code = 0;
		for (const file of files.map(String)) {
			const mistake = await mistakeIn(file, settingsOf(args));
			process.stdout.write(`${file}: ${mistake === undefined ? "valid" : "not valid"}\n`);
			if (mistake !== undefined) code = Math.max(code, printError(mistake, "fl-sim"));
		}
		return code;
	},
};

async function mistakeIn(file: string, set: readonly string[]): Promise<FlSimError | undefined> {
	try {
		await loadScenario(file, { set });
		return undefined;
	} catch (error) {
		if (error instanceof FlSimError) return error;
		throw error;
	}
}

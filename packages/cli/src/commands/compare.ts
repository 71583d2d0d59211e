import type { Arguments, CliCommand } from "@fl-sim/command-line";
import { compareRuns, comparisonText, demandEqualData, readComparedRuns } from "@fl-sim/comparison";
import { FlSimError } from "@fl-sim/core";
import type { Argv } from "yargs";

/** `fl-sim compare RUN...`: what runs reach after equal rounds, bytes and time. */
export const command: CliCommand = {
	usage: "compare <run..>",
	describe: "Compare finished runs after equal rounds, bytes and time",
	configure(parser: Argv): Argv {
		return parser
			.positional("run", {
				type: "string",
				array: true,
				demandOption: true,
				describe:
					"Run folders, their names or the starts of them; runs that differ only in the seed are one row",
			})
			.option("root", { type: "string", default: "runs", describe: "Folder of runs" })
			.option("target", {
				type: "string",
				array: true,
				describe: "Accuracy, above 0 and up to 1, whose cost is shown; any number of times",
			})
			.option("any", { type: "boolean", default: false, describe: "Compare runs of different data too" })
			.option("json", { type: "boolean", default: false, describe: "Print one JSON object" })
			.example("$0 compare runs/20260131-*", "All runs of a day, by setting")
			.example("$0 compare 20260131-2305 20260131-2311 --target 0.8", "With the bytes to 80% accuracy");
	},
	run(args: Arguments): Promise<number> {
		const words: readonly unknown[] = Array.isArray(args["run"]) ? args["run"] : [args["run"]];
		const targets = targetsOf(args);
		const runs = readComparedRuns(String(args["root"]), words.map(String));
		if (args["any"] !== true) demandEqualData(runs);
		const comparison = compareRuns(runs, targets);
		process.stdout.write(
			args["json"] === true ? `${JSON.stringify(comparison, null, "\t")}\n` : comparisonText(comparison),
		);
		return Promise.resolve(0);
	},
};

function targetsOf(args: Arguments): readonly number[] {
	const targets: readonly unknown[] = Array.isArray(args["target"]) ? args["target"] : [];
	return targets.map((text) => {
		const target = Number(text);
		if (target > 0 && target <= 1) return target;
		throw new FlSimError(
			"FL_USAGE",
			`--target: found ${String(text)}, expected a number above 0 and up to 1`,
		);
	});
}

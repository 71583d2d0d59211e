import { availableParallelism } from "node:os";
import type { Arguments, CliCommand } from "@fl-sim/command-line";
import { compareRuns, comparisonText, demandEqualData, readComparedRuns } from "@fl-sim/comparison";
import { FlSimError } from "@fl-sim/core";
import type { Argv } from "yargs";
import { playComparisonFile } from "../comparison-file.ts";

/** `fl-sim compare FILE` and `fl-sim compare RUN...`: what runs reach after equal rounds, bytes and time. */
export const command: CliCommand = {
	usage: "compare <run..>",
	describe: "Play the runs of a comparison file, or take finished ones, and compare them",
	configure(parser: Argv): Argv {
		return parser
			.positional("run", {
				type: "string",
				array: true,
				demandOption: true,
				describe:
					"A comparison file (.yaml), or run folders, their names or the starts of them; runs that differ only in the seed are one row",
			})
			.option("root", { type: "string", default: "runs", describe: "Folder of runs" })
			.option("target", {
				type: "string",
				array: true,
				describe: "Accuracy, above 0 and up to 1, whose cost is shown; any number of times",
			})
			.option("any", { type: "boolean", default: false, describe: "Compare runs of different data too" })
			.option("parallel", {
				type: "number",
				describe: "Runs of a comparison file under way at once",
				defaultDescription: "number of cores",
			})
			.option("again", {
				type: "boolean",
				default: false,
				describe: "Play runs of a comparison file that are there already",
			})
			.option("json", { type: "boolean", default: false, describe: "Print one JSON object" })
			.example("$0 compare scenarios/compare-noniid.yaml", "Plays what is missing, then compares")
			.example("$0 compare runs/20260131-*", "All runs of a day, by setting")
			.example("$0 compare 20260131-2305 20260131-2311 --target 0.8", "With the bytes to 80% accuracy");
	},
	async run(args: Arguments): Promise<number> {
		const named: readonly unknown[] = Array.isArray(args["run"]) ? args["run"] : [args["run"]];
		const words = named.map(String);
		const targets = targetsOf(args);
		const [file] = words;
		if (file !== undefined && words.length === 1 && /\.ya?ml$/i.test(file)) {
			const { comparison, diverged, isComplete, report } = await playComparisonFile(file, args, {
				parallel: parallelOf(args),
				targets,
			});
			print(args, { ...comparison, diverged, report }, `${comparisonText(comparison)}Report  ${report}\n`);
			for (const { label, seed, message } of diverged) {
				process.stderr.write(`not compared: ${label}, seed ${seed}: ${message}\n`);
			}
			return isComplete ? 0 : 130;
		}
		const runs = readComparedRuns(String(args["root"]), words);
		if (args["any"] !== true) demandEqualData(runs);
		const comparison = compareRuns(runs, { targets });
		print(args, comparison, comparisonText(comparison));
		return 0;
	},
};

function print(args: Arguments, result: object, text: string): void {
	process.stdout.write(args["json"] === true ? `${JSON.stringify(result, null, "\t")}\n` : text);
}

function parallelOf(args: Arguments): number {
	const parallel = args["parallel"];
	if (parallel === undefined) return availableParallelism();
	if (typeof parallel === "number" && Number.isInteger(parallel) && parallel >= 1 && parallel <= 64) {
		return parallel;
	}
	throw new FlSimError(
		"FL_USAGE",
		`--parallel: found ${JSON.stringify(parallel)}, expected an integer from 1 to 64`,
	);
}

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

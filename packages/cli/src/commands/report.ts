import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Arguments, type CliCommand, runArgument, runFolderOf } from "@fl-sim/command-line";
import { figureFormats, writeFigures, writeReport } from "@fl-sim/report";
import { readRun } from "@fl-sim/runs";
import type { Argv } from "yargs";

/** `fl-sim report RUN`: the HTML report again, from the run folder alone. */
export const command: CliCommand = {
	usage: "report [run]",
	describe: "Write the HTML report of a run again, and its figures",
	configure(parser: Argv): Argv {
		return runArgument(parser)
			.option("figures", {
				choices: figureFormats,
				describe: "Write the figures as files too, into `figures/` in the run folder",
			})
			.option("open-path", {
				type: "boolean",
				default: false,
				describe: "Print the report's path as a file: address that a browser opens",
			})
			.example("$0 report", "The report of the latest run")
			.example("$0 report latest --figures png", "With all figures as PNG");
	},
	async run(args: Arguments): Promise<number> {
		const record = readRun(runFolderOf(args));
		const report = await writeReport(record);
		const format = figureFormats.find((candidate) => candidate === args["figures"]);
		const figures = format === undefined ? [] : await writeFigures(record, format);
		const first = args["openPath"] === true ? pathToFileURL(resolve(report)).href : report;
		process.stdout.write(`${[first, ...figures].join("\n")}\n`);
		return 0;
	},
};

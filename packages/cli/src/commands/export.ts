import type { Arguments, CliCommand } from "@fl-sim/command-line";
import { FlSimError } from "@fl-sim/core";
import { exportFormats, exportRun, resolveRun } from "@fl-sim/runs";
import type { Argv } from "yargs";

/** `fl-sim export RUN --csv`: a run's metrics for other programs. */
export const command: CliCommand = {
	usage: "export <run>",
	describe: "Write the metrics of a run for TensorBoard, or as CSV or Parquet",
	configure(parser: Argv): Argv {
		return parser
			.positional("run", {
				type: "string",
				demandOption: true,
				describe: "Run folder, its name or the start of it, or latest",
			})
			.option("tensorboard", { type: "boolean", default: false, describe: "Event file for TensorBoard" })
			.option("csv", { type: "boolean", default: false, describe: "CSV, one row for each value" })
			.option("parquet", { type: "boolean", default: false, describe: "Parquet, one row for each value" })
			.option("to", { type: "string", describe: "Folder to write to (default: export/ in the run folder)" })
			.option("root", { type: "string", default: "runs", describe: "Folder of the runs" })
			.example("$0 export latest --tensorboard --to tensorboard", "Then: tensorboard --logdir tensorboard")
			.example("$0 export 20260131-2305 --csv --parquet", "Both files, in the run folder");
	},
	async run(args: Arguments): Promise<number> {
		const formats = exportFormats.filter((format) => args[format] === true);
		if (formats.length === 0) {
			throw new FlSimError("FL_USAGE", "no format is named, expected one or more", {
				fix: `Add ${exportFormats.map((format) => `--${format}`).join(" or ")}.`,
			});
		}
		const folder = resolveRun(String(args["root"]), String(args["run"]));
		const to = typeof args["to"] === "string" ? args["to"] : undefined;
		for (const format of formats) process.stdout.write(`${await exportRun(folder, { format, to })}\n`);
		return 0;
	},
};

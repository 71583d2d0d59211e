import type { Arguments, CliCommand } from "@fl-sim/command-line";
import { resolveRun } from "@fl-sim/runs";
import { resume } from "@fl-sim/simulation";
import type { Argv } from "yargs";
import { serve } from "../serve.ts";
import { serveOptions } from "../serve-options.ts";

/** `fl-server resume RUN`: goes on with a run from its last checkpoint; its clients come back by themselves. */
export const command: CliCommand = {
	usage: "resume [run]",
	describe: "Go on with an interrupted run",
	configure(parser: Argv): Argv {
		return serveOptions(
			parser.positional("run", {
				type: "string",
				default: "latest",
				describe: "Run folder, its name or the start of it, or `latest`",
			}),
		)
			.option("root", { type: "string", default: "runs", describe: "Folder of runs" })
			.example("$0 resume latest --port 9000", "Go on with the latest run");
	},
	async run(args: Arguments): Promise<number> {
		const folder = resolveRun(String(args["root"]), String(args["run"]));
		return await serve(args, (options) => resume(folder, options));
	},
};

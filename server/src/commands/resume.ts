import { type Arguments, type CliCommand, runArgument, runFolderOf } from "@fl-sim/command-line";
import { resume } from "@fl-sim/simulation";
import type { Argv } from "yargs";
import { serve } from "../serve.ts";
import { serveOptions } from "../serve-options.ts";

/** `fl-server resume RUN`: goes on with a run from its last checkpoint; its clients come back by themselves. */
export const command: CliCommand = {
	usage: "resume [run]",
	describe: "Go on with an interrupted run",
	configure(parser: Argv): Argv {
		return serveOptions(runArgument(parser)).example(
			"$0 resume latest --port 9000",
			"Go on with the latest run",
		);
	},
	async run(args: Arguments): Promise<number> {
		const folder = runFolderOf(args);
		return await serve(args, (options) => resume(folder, options));
	},
};

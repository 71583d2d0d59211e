import type { Arguments, CliCommand } from "@fl-sim/command-line";
import { play, playOptions } from "@fl-sim/command-line/play";
import { resolveRun } from "@fl-sim/runs";
import { resume } from "@fl-sim/simulation";
import type { Argv } from "yargs";
import { flSim } from "../fl-sim.ts";

/** `fl-sim resume RUN`: goes on with a run from its last checkpoint. */
export const command: CliCommand = {
	usage: "resume [run]",
	describe: "Go on with an interrupted run",
	configure(parser: Argv): Argv {
		return playOptions(
			parser.positional("run", {
				type: "string",
				default: "latest",
				describe: "Run folder, its name or the start of it, or `latest`",
			}),
		)
			.option("root", { type: "string", default: "runs", describe: "Folder of runs" })
			.example("$0 resume latest", "Go on with the latest run");
	},
	async run(args: Arguments): Promise<number> {
		const folder = resolveRun(String(args["root"]), String(args["run"]));
		return await play(flSim, args, (options) => resume(folder, options));
	},
};

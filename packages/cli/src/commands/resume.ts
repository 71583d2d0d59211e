import { type Arguments, type CliCommand, runArgument, runFolderOf } from "@fl-sim/command-line";
import { play, playOptions } from "@fl-sim/command-line/play";
import { resume } from "@fl-sim/simulation";
import type { Argv } from "yargs";
import { flSim } from "../fl-sim.ts";

/** `fl-sim resume RUN`: goes on with a run from its last checkpoint. */
export const command: CliCommand = {
	usage: "resume [run]",
	describe: "Go on with an interrupted run",
	configure(parser: Argv): Argv {
		return playOptions(runArgument(parser)).example("$0 resume latest", "Go on with the latest run");
	},
	async run(args: Arguments): Promise<number> {
		const folder = runFolderOf(args);
		return await play(flSim, args, (options) => resume(folder, options));
	},
};

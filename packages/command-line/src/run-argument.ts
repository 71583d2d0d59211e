import { resolveRun } from "@fl-sim/runs";
import type { Argv } from "yargs";
import type { Arguments } from "./command.ts";

/** Declares the `[run]` of a command and where runs are. */
export function runArgument(parser: Argv): Argv {
	return parser
		.positional("run", {
			type: "string",
			default: "latest",
			describe: "Run folder, its name or the start of it, or `latest`",
		})
		.option("root", { type: "string", default: "runs", describe: "Folder of runs" });
}

/** The folder of the run that was named. @throws FL_RUN_FOLDER */
export function runFolderOf(args: Arguments): string {
	return resolveRun(String(args["root"]), String(args["run"]));
}

import { type Arguments, type CliCommand, runArgument, runFolderOf } from "@fl-sim/command-line";
import { play, playOptions } from "@fl-sim/command-line/play";
import { FlSimError } from "@fl-sim/core";
import { type ReplayResult, replay } from "@fl-sim/simulation";
import type { Argv } from "yargs";
import { flSim } from "../fl-sim.ts";

/** `fl-sim replay RUN`: the same cohorts and lost clients, played here. */
export const command: CliCommand = {
	usage: "replay [run]",
	describe: "Play a finished run again on this machine and compare the weights",
	configure(parser: Argv): Argv {
		return playOptions(runArgument(parser)).example(
			"$0 replay latest",
			"Check a run of fl-server against the simulator",
		);
	},
	async run(args: Arguments): Promise<number> {
		const folder = runFolderOf(args);
		let played: ReplayResult | undefined;
		const code = await play(flSim, args, async (options) => {
			played = await replay(folder, options);
			return played;
		});
		if (code === 0 && played?.isEqual === false) throw difference(folder, played);
		return code;
	},
};

function difference(
	folder: string,
	{ recorded, weightsSha256, bytesUp, bytesDown }: ReplayResult,
): FlSimError {
	const of = (run: ReplayResult["recorded"]) =>
		`weights ${run.weightsSha256.slice(0, 16)}, ${run.bytesDown} bytes down, ${run.bytesUp} bytes up`;
	return new FlSimError(
		"FL_RUN_MISMATCH",
		`the replay of ${folder} ended differently\nrecorded: ${of(recorded)}\nreplayed: ${of({ weightsSha256, bytesUp, bytesDown })}`,
		{ fix: "Weights are equal bit for bit only with the same version, backend and data." },
	);
}

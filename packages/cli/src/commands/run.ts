import { type Arguments, type CliCommand, setOption, settingsOf } from "@fl-sim/command-line";
import { play, playOptions } from "@fl-sim/command-line/play";
import { loadScenario } from "@fl-sim/scenario";
import { simulate } from "@fl-sim/simulation";
import type { Argv } from "yargs";
import { flSim } from "../fl-sim.ts";

/** `fl-sim FILE`: runs a scenario on this machine. */
export const command: CliCommand = {
	usage: "run <scenario>",
	describe: "Run a scenario",
	configure(parser: Argv): Argv {
		return playOptions(
			parser.positional("scenario", { type: "string", demandOption: true, describe: "Scenario file (YAML)" }),
		)
			.option("set", setOption)
			.example("$0 scenarios/noniid.yaml", "Run a scenario")
			.example("$0 scenarios/noniid.yaml --set clients.localEpochs=5", "With more local work");
	},
	async run(args: Arguments): Promise<number> {
		const loaded = await loadScenario(String(args["scenario"]), { set: settingsOf(args) });
		return await play(flSim, args, (options) => simulate(loaded, options));
	},
};

import { loadScenario } from "@fl-sim/scenario";
import { simulate } from "@fl-sim/simulation";
import type { Argv } from "yargs";
import type { Arguments, CliCommand } from "../command.ts";
import { play, playOptions } from "../play.ts";

/** `fl-sim FILE`: runs a scenario on this machine. */
export const command: CliCommand = {
	usage: "run <scenario>",
	describe: "Run a scenario",
	configure(parser: Argv): Argv {
		return playOptions(
			parser.positional("scenario", { type: "string", demandOption: true, describe: "Scenario file (YAML)" }),
		)
			.option("set", {
				type: "string",
				array: true,
				nargs: 1,
				default: [],
				describe: "Change a field, `path.to.field=value`; may be given many times",
			})
			.example("$0 scenarios/noniid.yaml", "Run a scenario")
			.example("$0 scenarios/noniid.yaml --set clients.localEpochs=5", "With more local work");
	},
	async run(args: Arguments): Promise<number> {
		const set = Array.isArray(args["set"]) ? args["set"].map(String) : [];
		const loaded = await loadScenario(String(args["scenario"]), { set });
		return await play(args, (options) => simulate(loaded, options));
	},
};

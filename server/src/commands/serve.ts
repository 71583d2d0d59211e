import { type Arguments, type CliCommand, setOption, settingsOf } from "@fl-sim/command-line";
import { loadScenario } from "@fl-sim/scenario";
import { simulate } from "@fl-sim/simulation";
import type { Argv } from "yargs";
import { serve } from "../serve.ts";
import { serveOptions } from "../serve-options.ts";

/** `fl-server FILE`: plays a scenario with clients that connect. */
export const command: CliCommand = {
	usage: "serve <scenario>",
	describe: "Run a scenario with clients that connect",
	configure(parser: Argv): Argv {
		return serveOptions(
			parser.positional("scenario", { type: "string", demandOption: true, describe: "Scenario file (YAML)" }),
		)
			.option("set", { ...setOption, group: "Run:" })
			.example("$0 scenarios/noniid.yaml --set clients.number=5", "For clients on this machine")
			.example("$0 noniid.yaml --host 0.0.0.0 --cert server.pem --key server.key", "For other machines");
	},
	async run(args: Arguments): Promise<number> {
		const loaded = await loadScenario(String(args["scenario"]), { set: settingsOf(args) });
		return await serve(args, (options) => simulate(loaded, options));
	},
};

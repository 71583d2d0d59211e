import { type Arguments, type CliCommand, setOption, settingsOf } from "@fl-sim/command-line";
import { formatBytes, formatCount } from "@fl-sim/report/format";
import { loadScenario } from "@fl-sim/scenario";
import { type Forecast, forecast } from "@fl-sim/simulation";
import type { Argv } from "yargs";

/** `fl-sim explain FILE`: what a scenario will do, without doing it. */
export const command: CliCommand = {
	usage: "explain <scenario>",
	describe: "Tell what a scenario will do: data, model, steps, bytes, memory",
	configure(parser: Argv): Argv {
		return parser
			.positional("scenario", { type: "string", demandOption: true, describe: "Scenario file (YAML)" })
			.option("set", setOption)
			.option("json", { type: "boolean", default: false, describe: "Print one JSON object" })
			.example("$0 explain scenarios/noniid.yaml", "What the first scenario will cost");
	},
	async run(args: Arguments): Promise<number> {
		const loaded = await loadScenario(String(args["scenario"]), { set: settingsOf(args) });
		const told = await forecast(loaded);
		const text = args["json"] === true ? JSON.stringify(told) : explanation(loaded.scenario.name, told);
		process.stdout.write(`${text}\n`);
		return 0;
	},
};

function explanation(name: string, told: Forecast): string {
	const { examplesPerClient: examples, stepsPerClient: steps, memory } = told;
	const spread = ({ min, median, max }: Forecast["examplesPerClient"]): string =>
		`${formatCount(min)} to ${formatCount(max)}, median ${formatCount(median)}`;
	const rows = [
		[
			"clients",
			`${formatCount(told.clients)}, ${formatCount(told.cohort)} per round, ${formatCount(told.rounds)} rounds`,
		],
		[
			"examples",
			`${spread(examples)} per client for training; ${formatCount(told.testExamples)} in the central test set`,
		],
		["model", `${told.model}, ${formatCount(told.parameters)} parameters`],
		["local steps", `${spread(steps)} per client and round; about ${formatCount(told.totalSteps)} in all`],
		["arithmetic", `about ${(told.totalFlops / 1e12).toPrecision(3)} TFLOP of local training`],
		[
			"payload",
			`${told.bytesAreAtMost ? "at most " : ""}${formatBytes(told.downBytesPerRound)} down and ${formatBytes(told.upBytesPerRound)} up per round; ${formatBytes(told.totalBytes)} in all, when nobody is lost`,
		],
		[
			"memory",
			`${formatBytes(memory.dataBytes)} of data, ${formatBytes(memory.parameterBytes)} of parameter vectors, besides what the backend takes`,
		],
	];
	return [name, ...rows.map(([label, text]) => `  ${(label as string).padEnd(12)}${text}`)].join("\n");
}

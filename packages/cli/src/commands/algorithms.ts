import { algorithmOptions, algorithms } from "@fl-sim/algorithms";
import type { Arguments, CliCommand } from "@fl-sim/command-line";
import { type AnyAlgorithm, FlSimError, layoutOf, type PayloadSpec } from "@fl-sim/core";
import { fieldSchemaOf, nearestName, optionRows, sectionNamed } from "@fl-sim/scenario";
import Table from "cli-table3";
import type { Argv } from "yargs";

/** `fl-sim algorithms` and `fl-sim algorithms NAME`. */
export const command: CliCommand = {
	usage: "algorithms [name]",
	describe: "List the federated methods, or the options of one",
	configure(parser: Argv): Argv {
		return parser
			.positional("name", { type: "string", describe: "Method to show the options of" })
			.example("$0 algorithms", "All methods and their papers")
			.example("$0 algorithms fedavg", "Its options, as a scenario's `algorithm` section has them");
	},
	run(args: Arguments): Promise<number> {
		const name = args["name"];
		process.stdout.write(typeof name === "string" ? detailText(algorithmNamed(name)) : listText());
		return Promise.resolve(0);
	},
};

function listText(): string {
	const table = new Table({
		head: ["Name", "Paper"],
		style: { head: [], border: [] },
	});
	for (const { name, paper } of Object.values(algorithms)) {
		table.push([name, `${paper.title}\n${paper.authors}, ${paper.year}`]);
	}
	return `${table.toString()}\n`;
}

function detailText({ name, paper, tasks, options }: AnyAlgorithm): string {
	const section = sectionNamed(fieldSchemaOf(algorithmOptions), name);
	const rows = optionRows(section ?? {}).filter((row) => row.name !== "name");
	const table = new Table({
		head: ["Option", "Value", "Default", "Meaning"],
		colWidths: [null, 32, null, 44],
		wordWrap: true,
		style: { head: [], border: [] },
	});
	for (const row of rows) table.push([row.name, row.type, row.default, row.description]);
	// Fields' names are the same for every model and all options.
	const shape = { layout: layoutOf([]), options: options.parse({ name }) };
	const namesIn = (spec: PayloadSpec) => Object.keys(spec).join(", ") || "nothing";
	const wire = Object.entries(tasks).map(
		([name, task]) =>
			`Task ${name}: clients get ${namesIn(task.down(shape))}; they send ${namesIn(task.up(shape))}.`,
	);
	return [
		`${name}: ${paper.title}`,
		`${paper.authors}, ${paper.year}. ${paper.url}`,
		paper.notes,
		"",
		...wire,
		"",
		rows.length === 0 ? "It has no options." : table.toString(),
		"",
	].join("\n");
}

function algorithmNamed(name: string): AnyAlgorithm {
	const algorithm = Object.hasOwn(algorithms, name) ? algorithms[name] : undefined;
	if (algorithm !== undefined) return algorithm;
	const known = Object.keys(algorithms);
	const near = nearestName(name, known);
	const hint = near === undefined ? "" : `; did you mean \`${near}\`?`;
	throw new FlSimError("FL_USAGE", `there is no algorithm \`${name}\`${hint}`, {
		fix: `Known: ${known.join(", ")}.`,
	});
}

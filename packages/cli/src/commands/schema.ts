import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Arguments, CliCommand } from "@fl-sim/command-line";
import { comparisonJsonSchema, fieldTables, scenarioJsonSchema } from "@fl-sim/scenario";
import type { Argv } from "yargs";

const schemaFile = fileURLToPath(new URL("../../../../scenarios/scenario.schema.json", import.meta.url));
const comparisonFile = fileURLToPath(
	new URL("../../../../scenarios/comparison.schema.json", import.meta.url),
);
const documentFile = fileURLToPath(new URL("../../../../docs/scenarios.md", import.meta.url));

/** `fl-sim schema`: for editors. `--write` brings the files of the repository that follow from it up to date. */
export const command: CliCommand = {
	usage: "schema",
	describe: "Print the JSON Schema of scenario files",
	configure(parser: Argv): Argv {
		return parser
			.option("write", {
				type: "boolean",
				default: false,
				describe: "Write the schemas in scenarios/ and the tables of docs/scenarios.md instead",
			})
			.option("comparison", {
				type: "boolean",
				default: false,
				describe: "Print the schema of comparison files",
			})
			.example("$0 schema > scenario.schema.json", "For an editor, beside scenarios of your own");
	},
	async run(args: Arguments): Promise<number> {
		if (args["write"] !== true) {
			const schema = args["comparison"] === true ? comparisonJsonSchema() : scenarioJsonSchema();
			process.stdout.write(textOf(schema));
			return 0;
		}
		await writeFile(schemaFile, textOf(scenarioJsonSchema()));
		await writeFile(comparisonFile, textOf(comparisonJsonSchema()));
		await writeFile(documentFile, withFieldTables(await readFile(documentFile, "utf8")));
		process.stdout.write(`${schemaFile}\n${comparisonFile}\n${documentFile}\n`);
		return 0;
	},
};

function textOf(schema: object): string {
	return `${JSON.stringify(schema, null, "\t")}\n`;
}

/** The document with everything below its heading `## Fields` replaced. */
export function withFieldTables(document: string): string {
	return document.replace(/^## Fields\n[\s\S]*$/m, () => `## Fields\n\n${fieldTables()}\n`);
}

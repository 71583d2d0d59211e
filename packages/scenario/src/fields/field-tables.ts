import { algorithms } from "@fl-sim/algorithms";
import { dataSources, partitioners } from "@fl-sim/data";
import { scenarioFileSchema } from "../scenario-schema.ts";
import {
	choiceOf,
	choosingFieldOf,
	type FieldSchema,
	fieldSchemaOf,
	propertyOf,
	sectionsOf,
} from "./field-schema.ts";
import { choiceFields, type OptionRow, optionRows } from "./option-rows.ts";

/** Every field of scenario files as Markdown: a table for each section and for each alternative of a union. */
export function fieldTables(): string {
	const root = fieldSchemaOf(scenarioFileSchema);
	const names = Object.keys(root.properties ?? {});
	const isSection = (name: string) => sectionsOf(propertyOf(root, name) ?? {}).length > 0;
	const plain = {
		...root,
		properties: Object.fromEntries(
			names.filter((name) => !isSection(name)).map((name) => [name, propertyOf(root, name) ?? {}]),
		),
	};
	return [
		`### Top level\n\n${tableOf(optionRows(plain))}`,
		...names.filter(isSection).map((name) => sectionText(name, propertyOf(root, name) ?? {})),
	].join("\n\n");
}

function sectionText(name: string, schema: FieldSchema): string {
	const head = `### \`${name}\`\n\n${sentence(schema.description)}`;
	if (choosingFieldOf(schema) !== undefined) return `${head}\n\n${choiceText(name, schema)}`;
	const choices = choiceFields(schema, `${name}.`).map((choice) => choiceText(choice.name, choice.schema));
	return [head, tableOf(optionRows(schema)), ...choices].join("\n\n");
}

/** The alternatives of a field: first what all have, then what each has, then the choices inside them. */
function choiceText(name: string, schema: FieldSchema): string {
	const chooser = choosingFieldOf(schema) ?? "name";
	const sections = sectionsOf(schema);
	const rows = sections.map((section) => optionRows(section).filter((row) => row.name !== chooser));
	const [first = [], ...others] = rows;
	const shared =
		others.length === 0 ? [] : first.filter((row) => others.every((other) => hasRow(other, row)));
	const inner = new Map(
		sections.flatMap((section) =>
			choiceFields(section, `${name}.`).map((choice) => [
				choice.name,
				choiceText(choice.name, choice.schema),
			]),
		),
	);
	return [
		...(shared.length === 0 ? [] : [`Every \`${name}\` has\n\n${tableOf(shared)}`]),
		...sections.map((section, index) => {
			const choice = choiceOf(section, chooser) ?? "";
			const title = sentence(section.description ?? titles(name).get(choice));
			const own = (rows[index] ?? []).filter((row) => !hasRow(shared, row));
			const head = `#### \`${name}: { ${chooser}: ${choice} }\``;
			return [head, title, own.length === 0 ? "" : tableOf(own)].filter((part) => part !== "").join("\n\n");
		}),
		...inner.values(),
	].join("\n\n");
}

function hasRow(rows: readonly OptionRow[], row: OptionRow): boolean {
	return rows.some((other) => JSON.stringify(other) === JSON.stringify(row));
}

function sentence(text = ""): string {
	return text === "" || text.endsWith(".") ? text : `${text}.`;
}

/** What registries say in one line about the alternatives of a section. */
function titles(section: string): ReadonlyMap<string, string> {
	if (section === "algorithm") {
		const papers = Object.values(algorithms).map(({ name, paper }) => [name, paper] as const);
		return new Map(
			papers.map(([name, { title, authors, year }]) => [name, `${title} (${authors}, ${year})`]),
		);
	}
	const registry = section === "dataset" ? dataSources : section === "partition" ? partitioners : [];
	return new Map(registry.map(({ name, title }) => [name, title]));
}

function tableOf(rows: readonly OptionRow[]): string {
	const cell = (text: string) => text.replaceAll("|", "\\|");
	return [
		"| field | value | default | meaning |",
		"| --- | --- | --- | --- |",
		...rows.map(
			(row) =>
				`| \`${row.name}\` | ${cell(row.type)} | ${row.default === "-" || row.default === "required" ? row.default : `\`${cell(row.default)}\``} | ${cell(row.description)} |`,
		),
	].join("\n");
}

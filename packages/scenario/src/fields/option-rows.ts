import { stringify } from "yaml";
import { choosingFieldOf, type FieldSchema, sectionsOf } from "./field-schema.ts";
import { typeText } from "./type-text.ts";

/** A field of a section, in words. */
export interface OptionRow {
	/** Dotted below the section: `stragglers.fraction`. */
	readonly name: string;
	readonly type: string;
	/** In YAML; `required` or `-` for a field without default. */
	readonly default: string;
	readonly description: string;
}

/**
 * The fields of a section; those of sections inside it follow with dotted names. Sections that are chosen by a
 * name have fields of their own: see `choiceFields`.
 */
export function optionRows(section: FieldSchema, prefix = ""): readonly OptionRow[] {
	return Object.entries(section.properties ?? {}).flatMap(([field, schema]) => {
		if (typeof schema !== "object") return [];
		const name = `${prefix}${field}`;
		const [inner, ...others] = sectionsOf(schema);
		const isSection = inner !== undefined && others.length === 0 && choosingFieldOf(schema) === undefined;
		const innerRows = isSection ? optionRows(inner, `${name}.`) : [];
		return inner === schema ? innerRows : [rowOf(name, schema, isRequired(section, field)), ...innerRows];
	});
}

function isRequired(section: FieldSchema, field: string): boolean {
	return section.required?.includes(field) === true;
}

function rowOf(name: string, schema: FieldSchema, required: boolean): OptionRow {
	return {
		name,
		type: typeText(schema),
		default: required ? "required" : defaultText(schema.default),
		description: schema.description ?? "",
	};
}

/** Fields, dotted, that hold one of several sections, chosen by a name. */
export function choiceFields(
	section: FieldSchema,
	prefix = "",
): readonly { readonly name: string; readonly schema: FieldSchema }[] {
	return Object.entries(section.properties ?? {}).flatMap(([field, schema]) => {
		if (typeof schema !== "object") return [];
		const name = `${prefix}${field}`;
		if (choosingFieldOf(schema) !== undefined) return [{ name, schema }];
		return sectionsOf(schema).flatMap((inner) => choiceFields(inner, `${name}.`));
	});
}

function defaultText(value: unknown): string {
	if (value === undefined || value === "") return "-";
	return stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trimEnd();
}

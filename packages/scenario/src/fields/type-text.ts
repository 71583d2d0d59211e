import { alternativesOf, choicesOf, choosingFieldOf, type FieldSchema, sectionsOf } from "./field-schema.ts";

/** What may stand in a field, in words: `an integer >= 1`, `true or false`, `one of drop, partial`. */
export function typeText(schema: FieldSchema): string {
	if (schema.title !== undefined) return schema.title;
	const alternatives = alternativesOf(schema);
	if (alternatives.length < 2) return singleText(schema);
	const sections = sectionsOf(schema);
	const others = alternatives.filter((one) => !sections.includes(one));
	const texts = [...mergedConstants(others), ...(sections.length === 0 ? [] : [sectionsText(schema)])];
	return joined(texts);
}

function joined(texts: readonly string[]): string {
	const last = texts.at(-1) ?? "";
	return texts.length < 2 ? last : `${texts.slice(0, -1).join(", ")} or ${last}`;
}

/** Text of each alternative; constants are gathered into one. */
function mergedConstants(schemas: readonly FieldSchema[]): string[] {
	const isConstant = (schema: FieldSchema) => schema.const !== undefined && schema.title === undefined;
	const constants = schemas.filter(isConstant).map((schema) => schema.const);
	const others = schemas.filter((schema) => !isConstant(schema)).map(typeText);
	return constants.length === 0 ? others : [...others, oneOf(constants)];
}

function singleText(schema: FieldSchema): string {
	if (schema.const !== undefined) return oneOf([schema.const]);
	if (schema.enum !== undefined) return oneOf(schema.enum);
	const { type } = schema;
	if (Array.isArray(type)) return joined(type.map((one) => singleText({ ...schema, type: one })));
	switch (type) {
		case "integer":
			return `an integer${boundsText(schema)}`;
		case "number":
			return `a number${boundsText(schema)}`;
		case "boolean":
			return "true or false";
		case "null":
			return "nothing";
		case "string":
			return schema.pattern === undefined ? "a text" : `a text like ${schema.pattern}`;
		case "array":
			return listText(schema);
		case "object":
			return sectionsText(schema);
		case undefined:
		default:
			return "a value";
	}
}

function oneOf(values: readonly unknown[]): string {
	const texts = values.map(String);
	return texts.length === 1 ? `\`${texts[0]}\`` : `one of ${texts.join(", ")}`;
}

function boundsText({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: FieldSchema): string {
	const bounds = [
		minimum === undefined ? [] : [`>= ${minimum}`],
		exclusiveMinimum === undefined ? [] : [`> ${exclusiveMinimum}`],
		maximum === undefined ? [] : [`<= ${maximum}`],
		exclusiveMaximum === undefined ? [] : [`< ${exclusiveMaximum}`],
	].flat();
	return bounds.length === 0 ? "" : ` ${bounds.join(" and ")}`;
}

function listText({ items: item, minItems, maxItems }: FieldSchema): string {
	const each = typeof item === "object" && !Array.isArray(item) ? `, each ${typeText(item)}` : "";
	if (minItems === undefined) return `a list${each}`;
	const items = minItems === 1 ? "1 item" : `${minItems} items`;
	return minItems === maxItems ? `a list of ${items}${each}` : `a list of at least ${items}${each}`;
}

function sectionsText(schema: FieldSchema): string {
	const choices = choicesOf(schema);
	if (choices.length > 0) return `a section with \`${choosingFieldOf(schema)}\`: ${choices.join(", ")}`;
	const names = Object.keys(sectionsOf(schema)[0]?.properties ?? {});
	return names.length === 0
		? "a section"
		: `a section with ${names.slice(0, 8).join(", ")}${names.length > 8 ? ", ..." : ""}`;
}

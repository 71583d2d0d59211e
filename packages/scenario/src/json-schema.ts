import { comparisonSchema } from "./comparison/comparison-schema.ts";
import {
	alternativesOf,
	choosingFieldOf,
	type FieldSchema,
	fieldSchemaOf,
	sectionsOf,
} from "./fields/field-schema.ts";
import { scenarioFileSchema } from "./scenario-schema.ts";

/**
 * JSON Schema (draft 2020-12) of scenario files, for editors. Fields that a scenario needs are demanded only of
 * files without `extends`: in others they may come from the file below.
 */
export function scenarioJsonSchema(): FieldSchema {
	const { $schema, ...schema } = fieldSchemaOf(scenarioFileSchema);
	return {
		...($schema === undefined ? {} : { $schema }),
		title: "fl-sim scenario",
		...withoutDemands(schema),
		anyOf: [{ required: ["extends"] }, demandsOf(schema)],
	};
}

/** JSON Schema of comparison files: what entries change are fields of a scenario, none of them demanded. */
export function comparisonJsonSchema(): FieldSchema {
	const { properties = {}, ...schema } = fieldSchemaOf(comparisonSchema);
	const { $schema: _, properties: fields = {} } = withoutDemands(fieldSchemaOf(scenarioFileSchema));
	const { extends: __, ...changed } = fields;
	const common = { type: "object", properties: changed, additionalProperties: false } as const;
	const entry = { ...common, properties: { label: { type: "string" }, ...changed } } as const;
	return {
		...schema,
		title: "fl-sim comparison",
		properties: { ...properties, common, compare: { type: "array", minItems: 1, items: entry } },
	};
}

/** The schema with every field optional. */
function withoutDemands(schema: FieldSchema): FieldSchema {
	const chooser = choosingFieldOf(schema);
	const isUnion = schema.oneOf !== undefined || schema.anyOf !== undefined;
	if (isUnion && chooser !== undefined) {
		const { oneOf: _, anyOf: __, ...rest } = schema;
		return { ...rest, anyOf: [...alternativesOf(schema), unchosenSection(schema, chooser)] };
	}
	if (schema.type !== "object" || schema.properties === undefined) return schema;
	const { required: _, ...rest } = schema;
	return { ...rest, properties: mapProperties(schema.properties, withoutDemands) };
}

/** Fields of any alternative without the choice, which the file below makes. */
function unchosenSection(schema: FieldSchema, chooser: string): FieldSchema {
	const names = sectionsOf(schema).flatMap((section) => Object.keys(section.properties ?? {}));
	const fields = [...new Set(names)].filter((name) => name !== chooser);
	return {
		type: "object",
		properties: Object.fromEntries(fields.map((name) => [name, {}])),
		additionalProperties: false,
	};
}

/** What `withoutDemands` takes away. */
function demandsOf(schema: FieldSchema): FieldSchema {
	const chooser = choosingFieldOf(schema);
	if (chooser !== undefined) return { required: [chooser] };
	if (schema.type !== "object" || schema.properties === undefined) return {};
	const properties = Object.entries(mapProperties(schema.properties, demandsOf)).filter(
		([, demands]) => Object.keys(demands).length > 0,
	);
	return {
		...(schema.required === undefined ? {} : { required: schema.required }),
		...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
	};
}

function mapProperties(
	properties: NonNullable<FieldSchema["properties"]>,
	change: (schema: FieldSchema) => FieldSchema,
): Record<string, FieldSchema> {
	return Object.fromEntries(
		Object.entries(properties).map(([name, schema]) => [
			name,
			typeof schema === "object" ? change(schema) : {},
		]),
	);
}

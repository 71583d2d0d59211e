import { z } from "zod";

/** The JSON Schema of a field: what a user may write there. */
export type FieldSchema = z.core.JSONSchema.BaseSchema;

/** JSON Schema (draft 2020-12) of what goes into a zod schema. */
export function fieldSchemaOf(schema: z.ZodType): FieldSchema {
	return z.toJSONSchema(schema, {
		io: "input",
		target: "draft-2020-12",
		unrepresentable: "any",
		override({ jsonSchema }) {
			// zod bounds integers by what a double can hold; to a user that is no bound.
			if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
			if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
		},
	});
}

/** The alternatives of a union, nested ones laid flat; a schema that is no union is its only alternative. */
export function alternativesOf(schema: FieldSchema): readonly FieldSchema[] {
	const alternatives = schema.oneOf ?? schema.anyOf;
	return alternatives === undefined ? [schema] : alternatives.flatMap((one) => alternativesOf(asSchema(one)));
}

/** Alternatives that are sections. */
export function sectionsOf(schema: FieldSchema): readonly FieldSchema[] {
	return alternativesOf(schema).filter((one) => one.type === "object");
}

/** The field, `name` or `schedule`, whose constant tells the sections of a union apart. */
export function choosingFieldOf(schema: FieldSchema): string | undefined {
	const [first, ...others] = sectionsOf(schema);
	return Object.keys(first?.properties ?? {}).find((field) =>
		[first, ...others].every((section) => section !== undefined && choiceOf(section, field) !== undefined),
	);
}

/** The constant of a section's choosing field. */
export function choiceOf(section: FieldSchema, field: string): string | undefined {
	const value = propertyOf(section, field)?.const;
	return typeof value === "string" ? value : undefined;
}

/** The names among which a union's choosing field chooses. */
export function choicesOf(schema: FieldSchema): readonly string[] {
	const field = choosingFieldOf(schema);
	if (field === undefined) return [];
	return sectionsOf(schema).flatMap((section) => choiceOf(section, field) ?? []);
}

/** The section of a union whose choosing field is `choice`. */
export function sectionNamed(schema: FieldSchema, choice: string): FieldSchema | undefined {
	const field = choosingFieldOf(schema);
	return sectionsOf(schema).find((section) => field !== undefined && choiceOf(section, field) === choice);
}

export function propertyOf(section: FieldSchema, field: string): FieldSchema | undefined {
	const properties = section.properties ?? {};
	return Object.hasOwn(properties, field) ? asSchema(properties[field]) : undefined;
}

/** The schema at a path of a value, unions resolved by what the value chooses. */
export function schemaAt(
	root: FieldSchema,
	path: readonly (string | number)[],
	value: unknown,
): FieldSchema | undefined {
	let schema: FieldSchema | undefined = root;
	let rest = value;
	for (const step of path) {
		if (schema === undefined) return undefined;
		if (typeof step === "number") {
			const list: FieldSchema | undefined = alternativesOf(schema).find((one) => one.type === "array");
			schema = list?.items === undefined || Array.isArray(list.items) ? undefined : asSchema(list.items);
		} else {
			const section: FieldSchema | undefined = chosenSection(schema, rest);
			schema = section === undefined ? undefined : propertyOf(section, step);
		}
		rest = childOf(rest, step);
	}
	return schema;
}

/** The section that a value chooses: the only one, or the one whose constant it has. */
export function chosenSection(schema: FieldSchema, value: unknown): FieldSchema | undefined {
	const field = choosingFieldOf(schema);
	const [first, ...others] = sectionsOf(schema);
	if (others.length === 0 || field === undefined) return first;
	const choice = childOf(value, field);
	return typeof choice === "string" ? sectionNamed(schema, choice) : undefined;
}

function childOf(value: unknown, step: string | number): unknown {
	if (Array.isArray(value)) return value[Number(step)];
	if (typeof value !== "object" || value === null) return undefined;
	return Object.entries(value).find(([name]) => name === step)?.[1];
}

function asSchema(schema: FieldSchema | boolean | undefined): FieldSchema {
	return typeof schema === "object" ? schema : {};
}

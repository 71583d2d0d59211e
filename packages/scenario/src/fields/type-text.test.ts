import { expect, test } from "vitest";
import { z } from "zod";
import { fieldSchemaOf } from "./field-schema.ts";
import { typeText } from "./type-text.ts";

const optimizer = z.discriminatedUnion("name", [
	z.strictObject({ name: z.literal("sgd"), momentum: z.number() }),
	z.strictObject({ name: z.literal("adam") }),
]);

test.each([
	[z.int().min(1), "an integer >= 1"],
	[z.int(), "an integer"],
	[z.number().gt(0).max(1), "a number > 0 and <= 1"],
	[z.boolean().default(true), "true or false"],
	[z.string(), "a text"],
	[z.string().regex(/^a$/), "a text like ^a$"],
	[z.string().regex(/^a$/).meta({ title: "the letter a" }), "the letter a"],
	[z.enum(["drop", "partial"]), "one of drop, partial"],
	[z.literal("all"), "`all`"],
	[z.union([z.int().min(1), z.literal("all")]), "an integer >= 1 or `all`"],
	[z.union([z.literal("a"), z.number(), z.literal("b")]), "a number or one of a, b"],
	[z.array(z.int()).min(1), "a list of at least 1 item, each an integer"],
	[z.array(z.string()).length(2), "a list of 2 items, each a text"],
	[z.union([z.string(), z.int().min(0)]), "a text or an integer >= 0"],
	[z.array(z.boolean()), "a list, each true or false"],
	[optimizer, "a section with `name`: sgd, adam"],
	[z.union([z.number().gt(0), optimizer]), "a number > 0 or a section with `name`: sgd, adam"],
	[z.strictObject({ a: z.int(), b: z.int() }), "a section with a, b"],
	[z.strictObject({}), "a section"],
])("case %#: %s", (schema, text) => {
	expect(typeText(fieldSchemaOf(schema))).toBe(text);
});

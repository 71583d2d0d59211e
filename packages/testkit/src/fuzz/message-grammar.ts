import type { RandomStream } from "@fl-sim/core";
import { oddValue, writeTokens } from "./mutate-json.ts";
import { chance, oddNumbers, pick } from "./odd-values.ts";

/** The part of JSON Schema that schemas of messages are written in. */
export interface MessageSchema {
	readonly type?: string | readonly string[];
	readonly const?: unknown;
	readonly enum?: readonly unknown[];
	readonly oneOf?: readonly MessageSchema[];
	readonly anyOf?: readonly MessageSchema[];
	readonly properties?: Readonly<Record<string, MessageSchema>>;
	readonly required?: readonly string[];
	readonly items?: MessageSchema;
	readonly pattern?: string;
}

/** How messages are made of a schema. */
export interface Grammar {
	readonly schema: MessageSchema;
	/** Texts that mean something where they are used: names of tasks, nonces, codes. */
	readonly words: readonly string[];
}

/**
 * A message as the schema has it, its numbers and words at random. At each place it deviates with probability `odd`:
 * an odd value, a field that is missing.
 */
export function messageOfGrammar({ schema, words }: Grammar, random: RandomStream, odd: number): string {
	const tree = valueOf(schema, { words, random, odd });
	return writeTokens(JSON.stringify(tree) ?? "");
}

interface Draw {
	readonly words: readonly string[];
	readonly random: RandomStream;
	readonly odd: number;
}

function valueOf(schema: MessageSchema, draw: Draw): unknown {
	const { random, odd, words } = draw;
	if (chance(random, odd)) return oddValue(random);
	const choices = schema.oneOf ?? schema.anyOf;
	if (choices !== undefined) return valueOf(pick(random, choices), draw);
	if (schema.const !== undefined) return schema.const;
	if (schema.enum !== undefined) return pick(random, schema.enum);
	const type = typeof schema.type === "string" ? schema.type : pick(random, schema.type ?? ["null"]);
	if (type === "object") return objectOf(schema, draw);
	if (type === "array") {
		return Array.from({ length: 1 + random.integer(3) }, () => valueOf(schema.items ?? {}, draw));
	}
	if (type === "boolean") return chance(random, 0.5);
	if (type === "integer") {
		return chance(random, 0.8) ? random.integer(pick(random, [3, 40])) : Math.abs(pick(random, oddNumbers));
	}
	if (type === "number") return chance(random, 0.7) ? random.uniform() : random.normal() * 1e6;
	if (type === "string") {
		const fitting = words.filter((word) => new RegExp(schema.pattern ?? "").test(word));
		return fitting.length === 0 ? "x" : pick(random, fitting);
	}
	return null;
}

function objectOf({ properties = {}, required = [] }: MessageSchema, draw: Draw): unknown {
	const { random, odd } = draw;
	const made: Record<string, unknown> = {};
	for (const [name, schema] of Object.entries(properties)) {
		const isLeftOut = required.includes(name) ? chance(random, odd / 2) : chance(random, 0.5);
		if (!isLeftOut) made[name] = valueOf(schema, draw);
	}
	return made;
}

import type { RandomStream } from "@fl-sim/core";
import { chance, oddKeys, oddNumbers, oddTokens, pick } from "./odd-values.ts";

/** Stands for a token in a tree that is to be written as JSON: what `JSON.stringify` cannot write. */
const mark = "@token:";

type Owner = Record<string, unknown>;

/** A JSON text with one to three fields replaced, removed, added, doubled or nested; other text comes back as it is. */
export function mutateJson(text: string, random: RandomStream): string {
	let tree: unknown;
	try {
		tree = JSON.parse(text);
	} catch {
		return text;
	}
	if (typeof tree !== "object" || tree === null) return text;
	for (let left = 1 + random.integer(3); left > 0; left--) changeField(tree, random);
	const written = writeTokens(JSON.stringify(tree));
	return chance(random, 0.15) ? withExtraKey(written, random) : written;
}

/** A value in the place of another one, as JSON or as a token that is none. */
export function oddValue(random: RandomStream): unknown {
	const choice = random.integer(6);
	if (choice === 0) return token(nested(random));
	if (choice === 1) return pick(random, oddNumbers);
	if (choice === 2) return random.integer(40);
	if (choice === 3) return "x".repeat(pick(random, [0, 1, 15, 128, 129, 200, 201, 2000, 2001]));
	return token(pick(random, oddTokens));
}

/** Writes the tokens of `oddValue` in the place of the texts that stand for them. */
export function writeTokens(json: string): string {
	return json.replace(/"@token:((?:[^"\\]|\\.)*)"/g, (_, written: string) =>
		String(JSON.parse(`"${written}"`)),
	);
}

function token(text: string): string {
	return mark + text;
}

function nested(random: RandomStream): string {
	const depth = pick(random, [2, 30, 62, 64, 66, 1000]);
	const [open, close] = pick(random, [
		["[", "]"],
		['{"a":', "}"],
	] as const);
	const inner = open === "[" ? "" : "1";
	return open.repeat(depth) + inner + (chance(random, 0.8) ? close.repeat(depth) : "");
}

function changeField(tree: object, random: RandomStream): void {
	const fields = fieldsOf(tree as Owner);
	if (fields.length === 0) return;
	const [owner, name] = pick(random, fields);
	const value = owner[name];
	const choice = random.integer(8);
	if (choice === 0) delete owner[name];
	else if (choice === 1 && typeof value === "number") owner[name] = value + random.integer(5) - 2;
	else if (choice === 2 && typeof value === "string") owner[name] = changedText(value, random);
	else if (choice === 3) {
		const [otherOwner, otherName] = pick(random, fields);
		owner[name] = otherOwner === owner[name] ? null : structuredClone(otherOwner[otherName]);
	} else owner[name] = oddValue(random);
}

function changedText(text: string, random: RandomStream): string {
	const at = random.integer(text.length + 1);
	const more = String.fromCharCode(random.integer(chance(random, 0.7) ? 128 : 65_536));
	return text.slice(0, at) + more + text.slice(at + random.integer(3));
}

function withExtraKey(json: string, random: RandomStream): string {
	const value = writeTokens(JSON.stringify(oddValue(random)));
	return json.replace(/^\{/, () => `{"${pick(random, oddKeys)}":${value},`);
}

function fieldsOf(owner: Owner): (readonly [Owner, string])[] {
	return Object.entries(owner).flatMap(([name, value]) => {
		const isObject = typeof value === "object" && value !== null;
		return [[owner, name] as const, ...(isObject ? fieldsOf(value as Owner) : [])];
	});
}

import { visibleText } from "@fl-sim/core";
import type { z } from "zod";
import { ProtocolError } from "./protocol-error.ts";

/** Keys by which a parsed object could reach into the prototypes of others. */
const forbiddenKeys = new Set(["__proto__", "constructor", "prototype"]);

/** More than any message nests; keeps a hostile one from exhausting the stack of those who walk through it. */
const maxDepth = 64;

/** Keys and commas, of which no message has nearly so many: each costs far more time than it takes bytes. */
const maxMarks = 20_000;

/**
 * The message in the text of a control frame.
 *
 * @throws FL_PROTOCOL_MESSAGE that says what is wrong with which field.
 */
export function parseMessage<Message>(text: string, schema: z.ZodType<Message>): Message {
	const parsed = schema.safeParse(parseJson(text));
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	const place = issue === undefined || issue.path.length === 0 ? "a message" : issue.path.join(".");
	// Both may hold keys that the peer has chosen.
	const problem = visibleText(`${place.slice(0, 200)}: ${issue?.message.slice(0, 500)}`);
	throw new ProtocolError("FL_PROTOCOL_MESSAGE", problem);
}

/** The `type` and the version of what may be a message of another version of the protocol. */
export function peekVersion(text: string): { readonly type: unknown; readonly protocol: unknown } {
	const value = parseJson(text);
	if (typeof value !== "object" || value === null) return { type: undefined, protocol: undefined };
	return {
		type: "type" in value ? value.type : undefined,
		protocol: "protocol" in value ? value.protocol : undefined,
	};
}

/** JSON with one meaning only: every key is named once. */
function parseJson(text: string): unknown {
	const { depth, members, commas } = measureJson(text);
	if (depth > maxDepth) throw noMessage(`: it nests more than ${maxDepth} levels deep`);
	if (members + commas > maxMarks) throw noMessage(`: it has more than ${maxMarks} keys and commas`);
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (cause) {
		throw noMessage("", cause);
	}
	// Of members with equal keys, `JSON.parse` keeps the last.
	if (countMembers(value) !== members) throw noMessage(": it names a key twice");
	return value;
}

/** How deep a JSON text nests, and how many `key: value` and commas are in it, found before it is parsed. */
function measureJson(text: string): {
	readonly depth: number;
	readonly members: number;
	readonly commas: number;
} {
	let depth = 0;
	let deepest = 0;
	let members = 0;
	let commas = 0;
	for (let at = 0; at < text.length; at++) {
		const character = text[at];
		if (character === '"') at = endOfString(text, at);
		else if (character === ":") members += 1;
		else if (character === ",") commas += 1;
		else if (character === "}" || character === "]") depth -= 1;
		else if (character === "{" || character === "[") {
			depth += 1;
			deepest = Math.max(deepest, depth);
		}
	}
	return { depth: deepest, members, commas };
}

/** The place of the quotation mark that ends the string which starts at `start`. */
function endOfString(text: string, start: number): number {
	let at = start + 1;
	while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
	return at;
}

function countMembers(value: unknown): number {
	if (typeof value !== "object" || value === null) return 0;
	let count = 0;
	if (Array.isArray(value)) {
		for (const item of value) count += countMembers(item);
		return count;
	}
	for (const [key, item] of Object.entries(value)) {
		if (forbiddenKeys.has(key)) throw noMessage(`: the key ${key} is not allowed`);
		count += 1 + countMembers(item);
	}
	return count;
}

function noMessage(problem: string, cause?: unknown): ProtocolError {
	return new ProtocolError(
		"FL_PROTOCOL_MESSAGE",
		`a control frame does not hold a JSON message${problem}`,
		cause,
	);
}

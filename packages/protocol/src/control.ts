import type { z } from "zod";
import { ProtocolError } from "./protocol-error.ts";

/** Keys by which a parsed object could reach into the prototypes of others. */
const forbiddenKeys = new Set(["__proto__", "constructor", "prototype"]);

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
	throw new ProtocolError("FL_PROTOCOL_MESSAGE", `${place.slice(0, 200)}: ${issue?.message.slice(0, 500)}`);
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

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text, (key, value: unknown) => {
			if (forbiddenKeys.has(key)) throw new SyntaxError(`the key ${key} is not allowed`);
			return value;
		});
	} catch (cause) {
		throw new ProtocolError("FL_PROTOCOL_MESSAGE", "a control frame does not hold a JSON message", cause);
	}
}

/** Text that is already HTML or SVG. Only `markup` and `trusted` make it, so plain text is always escaped. */
export class Markup {
	readonly text: string;
	constructor(text: string) {
		this.text = text;
	}
	toString(): string {
		return this.text;
	}
}

/** What a template may hold; `undefined` and `false` leave nothing behind. */
export type MarkupValue = string | number | Markup | undefined | false | readonly MarkupValue[];

const entities: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"'": "&#39;",
};

/** Escapes text for element content and quoted attributes; drops what XML forbids. */
export function escapeText(text: string): string {
	return text
		.replace(/\p{Cc}/gu, (character) => ("\t\n\r".includes(character) ? character : ""))
		.replace(/[&<>"']/g, (character) => entities[character] as string);
}

function render(value: MarkupValue): string {
	if (value === undefined || value === false) return "";
	if (value instanceof Markup) return value.text;
	if (typeof value === "object") return value.map(render).join("");
	return escapeText(String(value));
}

/** Tagged template for HTML and SVG: every value is escaped unless it is markup itself. */
export function markup(strings: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
	let text = strings[0] as string;
	for (let index = 0; index < values.length; index += 1) {
		text += render(values[index]) + (strings[index + 1] as string);
	}
	return new Markup(text);
}

/** Declares that a text of our own making is markup. Never for anything that a user wrote. */
export function trusted(text: string): Markup {
	return new Markup(text);
}

/** JSON that can stand in a script element: nothing in it can close the element. */
export function jsonForScript(value: unknown): Markup {
	return new Markup(
		JSON.stringify(value).replace(
			/[<>&\u2028\u2029]/g,
			(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
		),
	);
}

import { type Markup, markup } from "../markup.ts";

const linePattern = /^(\s*(?:- )*)((?:[\w.$/-]+|"(?:[^"\\]|\\.)*"|'[^']*')(?=:(?:\s|$)))?(:?)(.*)$/;

/** Colours YAML line by line: keys, numbers and words with a meaning, strings, comments. */
export function highlightYaml(text: string): Markup {
	return markup`${text.split("\n").map((line) => markup`${highlightLine(line)}\n`)}`;
}

function highlightLine(line: string): Markup {
	const [, indent = "", key, colon = "", rest = ""] = linePattern.exec(line) ?? [];
	if (key === undefined) return markup`${indent}${highlightValue(colon + rest)}`;
	return markup`${indent}<span class="key">${key}</span>${colon}${highlightValue(rest)}`;
}

function highlightValue(text: string): Markup {
	const trimmed = text.trim();
	if (trimmed === "") return markup`${text}`;
	return markup`<span class="${kindOf(trimmed)}">${text}</span>`;
}

function kindOf(value: string): string {
	if (value.startsWith("#")) return "comment";
	return /^[-+]?(\d[\d_]*\.?\d*|\.\d+)(e[-+]?\d+)?$|^(true|false|null|~)$/i.test(value) ? "number" : "string";
}

import { messageOf } from "@fl-sim/core";
import { type Document, isCollection as isCollectionNode, isScalar, visit } from "yaml";
import type { Mistake } from "./mistake.ts";
import type { Place, SourceText } from "./place.ts";
import { quotedName } from "./placed-node.ts";

/** A file that is no YAML at all has thousands. */
const maxProblems = 20;

/** A YAMLParseError or YAMLWarning. */
interface YamlProblem {
	readonly code: string;
	readonly pos: readonly [number, number];
	readonly message: string;
}

/** What one wrong indentation makes the parser say, again and again until the next section. */
const indentationCodes: readonly string[] = ["BLOCK_AS_IMPLICIT_KEY", "MULTILINE_IMPLICIT_KEY", "BAD_INDENT"];

/** A parsed document while its problems are put into a user's words. */
interface Parsed {
	readonly document: Document;
	readonly source: SourceText;
	/** Where the document begins in the source. */
	readonly offset: number;
}

/** The parser's errors and warnings in a user's words, those that only follow from an earlier one left out. */
export function syntaxMistakes(parsed: Parsed): readonly Mistake[] {
	const { document, source, offset } = parsed;
	const problems: readonly YamlProblem[] = [...document.errors, ...document.warnings].slice(0, maxProblems);
	const mistakes: Mistake[] = [];
	let lastIndentation: number | undefined;
	for (const problem of problems.toSorted((a, b) => a.pos[0] - b.pos[0])) {
		const start = problem.pos[0] + offset;
		if (indentationCodes.includes(problem.code)) {
			const since = lastIndentation === undefined ? undefined : source.text.slice(lastIndentation, start);
			lastIndentation = start;
			if (since !== undefined && !/\n[^\s#]/.test(since)) continue;
		}
		mistakes.push(openedMistake(parsed, problem) ?? syntaxMistake(problem, source, offset));
	}
	return mistakes;
}

/** For a list, section or quote without end: where it was opened, which may be far above. */
function openedMistake(
	{ document, source, offset }: Parsed,
	{ pos, message }: YamlProblem,
): Mistake | undefined {
	const isCollection = /^Flow (?:sequence|map) /.test(message);
	if (!isCollection && !message.startsWith("Missing closing")) return undefined;
	let opening: number | undefined;
	visit(document, {
		Node(_, node) {
			const isOpen = isCollection
				? isCollectionNode(node) && node.flow === true
				: isScalar(node) && (node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE");
			if (isOpen && node.range && node.range[0] < pos[0] && node.range[1] >= pos[0]) [opening] = node.range;
		},
	});
	if (opening === undefined) return undefined;
	const start = opening + offset;
	const sign = source.text.charAt(start);
	const closing = { "[": "]", "{": "}" }[sign] ?? sign;
	return mistake({ source, start, end: start + 1 }, `\`${sign}\` is never closed, expected \`${closing}\``);
}

function syntaxMistake({ code, pos, message }: YamlProblem, source: SourceText, offset: number): Mistake {
	const place = { source, start: pos[0] + offset, end: pos[1] + offset };
	switch (code) {
		case "DUPLICATE_KEY": {
			const key = keyAt(source.text, place.start);
			const end = place.start + key.length;
			return mistake(
				{ ...place, end },
				`the key ${quotedName(key)} occurs twice in this section, expected once`,
			);
		}
		case "MULTIPLE_DOCS":
			return mistake(place, "a second document begins here, expected one document per file");
		case "BLOCK_AS_IMPLICIT_KEY":
			return (
				deeperLineAfter(place) ??
				mistake(place, "a second colon in this line, expected one `key: value` per line")
			);
		case "MULTILINE_IMPLICIT_KEY":
			return deeperLineAfter(place) ?? mistake(place, "a line without a colon, expected `key: value`");
		default:
			return mistake(place, brokenYaml(message));
	}
}

function mistake(place: Place, message: string): Mistake {
	return { code: "FL_SCENARIO_SYNTAX", place, message };
}

function brokenYaml(message: string): string {
	return `the YAML is broken: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

function keyAt(text: string, start: number): string {
	return /^(?:"[^"\n]*"|'[^'\n]*'|[^\s:,{}[\]]+)/.exec(text.slice(start))?.[0] ?? "";
}

/** The next line with a key, if it is indented below a line that has a value already. */
function deeperLineAfter({ source, start }: Place): Mistake | undefined {
	const lineStart = source.text.lastIndexOf("\n", start - 1) + 1;
	const [, indentation = "", rest = ""] = /^( *)(.*)/.exec(source.text.slice(lineStart)) ?? [];
	const next = /^.*\n(?:[ \t]*(?:#.*)?\r?\n)*( *)(?=[^\s#])/.exec(source.text.slice(lineStart));
	const deeper = next?.[1];
	if (next === null || deeper === undefined || deeper.length <= indentation.length) return undefined;
	const keyStart = lineStart + next[0].length;
	const key = keyAt(source.text, keyStart);
	const place = { source, start: keyStart, end: keyStart + key.length };
	const above = quotedName(keyAt(rest, 0));
	return mistake(
		place,
		`${quotedName(key)} is indented below ${above}, which has a value already; expected the same indentation`,
	);
}

/** Unresolved or too many aliases, and nesting beyond the stack, are thrown without a position. */
export function thrownMistake(error: unknown, source: SourceText, offset: number): Mistake {
	const message = error instanceof RangeError ? "it is nested too deeply" : messageOf(error);
	// An alias error names the alias at its end: `...: nope`.
	const name = /: (\S+)$/.exec(message)?.[1];
	const found = name === undefined ? -1 : source.text.indexOf(`*${name}`, offset);
	const place =
		name === undefined || found < 0
			? { source, start: offset, end: offset + 1 }
			: { source, start: found, end: found + name.length + 1 };
	return mistake(place, brokenYaml(message));
}

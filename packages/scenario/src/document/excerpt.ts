import { type Place, positionOf } from "./place.ts";

const contextLines = 2;
const maxWidth = 100;

/**
 * The lines around a place with line numbers, and carets under it. `note` follows the carets.
 *
 *     > 24 |   numbr: 100
 *          |   ^^^^^ did you mean `number`?
 */
export function excerptOf(place: Place, note = ""): string {
	const { source } = place;
	const { line, column } = positionOf(place);
	const lines = source.text.split("\n");
	const marked = lines[line - 1] ?? "";
	const length = Math.max(1, Math.min(place.end - place.start, marked.trimEnd().length - column + 1));
	const from = firstColumnShown(column, length);
	const carets = `${" ".repeat(column - 1 - from)}${"^".repeat(Math.min(length, maxWidth))}`;
	const caretLine = note === "" ? carets : `${carets} ${note}`;
	if (source.kind === "argument") {
		return `  > --set ${shown(marked, from)}\n          ${caretLine}`;
	}
	const first = Math.max(1, line - contextLines);
	const last = Math.min(lines.at(-1) === "" ? lines.length - 1 : lines.length, line + contextLines);
	const width = String(last).length;
	const rows: string[] = [];
	for (let number = first; number <= Math.max(last, line); number++) {
		const text = shown(lines[number - 1] ?? "", from);
		rows.push(`  ${number === line ? ">" : " "} ${String(number).padStart(width)} | ${text}`.trimEnd());
		if (number === line) rows.push(`    ${" ".repeat(width)} | ${caretLine}`);
	}
	return rows.join("\n");
}

/** Long lines are shown from here on, so that the marked part is in sight. */
function firstColumnShown(column: number, length: number): number {
	const end = column - 1 + Math.min(length, maxWidth / 2);
	return end <= maxWidth ? 0 : end - maxWidth;
}

/** One cell per character, so that carets stay in line; control characters do not reach the terminal. */
function shown(line: string, from: number): string {
	return line
		.replace(/\r$/, "")
		.slice(from, from + maxWidth)
		.replaceAll("\t", " ")
		.replaceAll(/\p{Cc}/gu, "\uFFFD");
}

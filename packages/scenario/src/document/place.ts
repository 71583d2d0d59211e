import { LineCounter } from "yaml";

/** A text that values of a scenario come from. */
export interface SourceText {
	readonly kind: "file" | "argument";
	/** File name as the user knows it, or `--set`. */
	readonly name: string;
	readonly text: string;
	readonly lines: LineCounter;
	/** Where it comes among its kind when mistakes are listed. */
	readonly order: number;
}

/** The characters `start .. end - 1` of a source. */
export interface Place {
	readonly source: SourceText;
	readonly start: number;
	readonly end: number;
}

/** The source of a file; `order` is the number of files that extend it. */
export function fileSource(name: string, text: string, order = 0): SourceText {
	return { kind: "file", name, text, lines: lineCounterOf(text), order };
}

/** The source of one `--set` argument, `path.to.field=value`. */
export function argumentSource(text: string, order = 0): SourceText {
	return { kind: "argument", name: "--set", text, lines: lineCounterOf(text), order };
}

function lineCounterOf(text: string): LineCounter {
	const lines = new LineCounter();
	lines.addNewLine(0);
	for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) lines.addNewLine(end + 1);
	return lines;
}

/** Line and column of a place, both from 1. */
export function positionOf({ source, start }: Place): { readonly line: number; readonly column: number } {
	const { line, col } = source.lines.linePos(start);
	return { line, column: col };
}

/** `file:line:column`, or the argument itself. */
export function placeText(place: Place): string {
	if (place.source.kind === "argument") return `--set ${place.source.text}`;
	const { line, column } = positionOf(place);
	return `${place.source.name}:${line}:${column}`;
}

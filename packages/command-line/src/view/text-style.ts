import { styleText } from "node:util";

type Style = "bold" | "dim" | "accent" | "good" | "problem";

/** Text with a style; a plain string has none. */
export type Span = string | { readonly text: string; readonly style: Style };

const formats = { bold: "bold", dim: "dim", accent: "cyan", good: "green", problem: "red" } as const;

/** Spans as one line of at most `width` columns; what does not fit is cut off. Styles only with `color`. */
export function lineOf(spans: readonly Span[], width: number, color: boolean): string {
	let room = width;
	let line = "";
	for (const span of spans) {
		const whole = typeof span === "string" ? span : span.text;
		// Names come from files: their control characters must not reach the terminal.
		const characters = Array.from(whole.replace(/\p{Cc}/gu, "")).slice(0, room);
		const text = characters.join("");
		room -= characters.length;
		const isStyled = color && typeof span !== "string" && text !== "";
		line += isStyled ? styleText(formats[span.style], text, { validateStream: false }) : text;
		if (room === 0) break;
	}
	return line;
}

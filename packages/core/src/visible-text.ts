/**
 * Characters that a terminal or viewer obeys instead of showing: control characters (C0, DEL, C1), marks that turn the
 * direction of text, other ends of lines, halves of surrogate pairs.
 */
const obeyed = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Somebody else's text in one line that can be shown anywhere: what is not shown is written as in JSON, `\u001b`. */
export function visibleText(text: string): string {
	return text.replaceAll(obeyed, escaped);
}

/** As `visibleText`, for a text that may have several lines: line feeds and tabs stay. */
export function visibleLines(text: string): string {
	return text.replaceAll(obeyed, (character) =>
		character === "\n" || character === "\t" ? character : escaped(character),
	);
}

/** All that are escaped are one UTF-16 unit. */
function escaped(character: string): string {
	return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

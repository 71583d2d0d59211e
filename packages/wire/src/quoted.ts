/** A value in an error's text. What is no text is named by its kind: a hostile one nests deeper than can be written. */
export function quoted(value: unknown): string {
	if (typeof value === "string") return JSON.stringify(value.slice(0, 200));
	return Array.isArray(value) ? "a list" : `of the kind ${value === null ? "null" : typeof value}`;
}

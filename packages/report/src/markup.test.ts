import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeText, jsonForScript, markup, trusted } from "./markup.ts";

test("values are escaped, markup and lists of markup are not escaped twice", () => {
	const items = ["<b>", "&"].map((text) => markup`<li>${text}</li>`);
	expect(markup`<ul title="${`"'`}">${items}</ul>`.text).toBe(
		'<ul title="&quot;&#39;"><li>&lt;b&gt;</li><li>&amp;</li></ul>',
	);
	expect(markup`${trusted("<hr>")}${7}`.text).toBe("<hr>7");
});

test("undefined and false leave nothing behind", () => {
	expect(markup`[${undefined}${false}${[]}]`.text).toBe("[]");
});

test("no text can leave its element or its attribute", () => {
	fc.assert(
		fc.property(
			fc.string({ unit: fc.constantFrom("<", ">", "&", '"', "'", ";", "#", "a", "\u0000", "é") }),
			(text) => {
				expect(escapeText(text)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
			},
		),
	);
});

test("control characters that XML forbids are dropped, line ends stay", () => {
	expect(escapeText("a\u0000b\u001bc\td\n")).toBe("abc\td\n");
});

test("JSON in a script element cannot close it, and parses to the same value", () => {
	const value = { text: "</script><!--", list: [1, null, "\u2028&"] };
	const { text } = jsonForScript(value);
	expect(text).not.toMatch(/[<>&\u2028]/);
	expect(JSON.parse(text)).toEqual(value);
});

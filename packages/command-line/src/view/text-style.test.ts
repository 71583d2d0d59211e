import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { lineOf, type Span } from "./text-style.ts";

const spans: Span[] = ["ab", { text: "cde", style: "bold" }, { text: "fg", style: "dim" }];

test("a line is cut at the width, whatever its styles", () => {
	expect(lineOf(spans, 4, false)).toBe("abcd");
	expect(lineOf(spans, 4, true)).toBe("ab\u001b[1mcd\u001b[22m");
	expect(lineOf(spans, 80, false)).toBe("abcdefg");
});

test("control characters in a name do not reach the terminal", () => {
	expect(lineOf(["a\u001b[31mb\r\n\u0007"], 80, false)).toBe("a[31mb");
});

test("no line is wider than asked for, and styles change nothing but styles", () => {
	const text = fc.string({ unit: "grapheme-ascii" });
	fc.assert(
		fc.property(fc.array(text), fc.nat(30), (texts, width) => {
			const styled = texts.map((text, index): Span => (index % 2 === 0 ? text : { text, style: "accent" }));
			const plain = lineOf(styled, width, false);
			expect(plain.length).toBeLessThanOrEqual(width);
			expect(stripVTControlCharacters(lineOf(styled, width, true))).toBe(plain);
		}),
	);
});

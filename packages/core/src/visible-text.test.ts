import fc from "fast-check";
import { expect, test } from "vitest";
import { visibleLines, visibleText } from "./visible-text.ts";

test.each([
	["a terminal's command", "\u001b[2J", "\\u001b[2J"],
	["one in a single character", "\u009b31m", "\\u009b31m"],
	["a backspace and a bell", "ab\b\u0007", "ab\\u0008\\u0007"],
	["another line", "a\r\nerror: b", "a\\u000d\\u000aerror: b"],
	["text that runs the other way", "\u202egpj.exe", "\\u202egpj.exe"],
	["an end of line of Unicode", "a\u2028b", "a\\u2028b"],
	["half a character", "\ud800x", "\\ud800x"],
	[
		"letters of any language, and emoji",
		"größe 数据 \u{1f469}\u200d\u{1f52c} \u0001",
		"größe 数据 \u{1f469}\u200d\u{1f52c} \\u0001",
	],
])("%s is shown and not obeyed", (_, text, shown) => {
	expect(visibleText(text)).toBe(shown);
});

test("of texts with several lines the lines stay", () => {
	expect(visibleLines("a\tb\nc\u001b[0m\r\n")).toBe("a\tb\nc\\u001b[0m\\u000d\n");
});

test("a line of JSON means the same afterwards, whatever is in it", () => {
	fc.assert(
		fc.property(fc.string({ unit: "binary" }), (text) => {
			const line = visibleLines(JSON.stringify({ text }));
			expect(JSON.parse(line)).toEqual({ text });
			expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
		}),
	);
});

import { expect, test } from "vitest";
import { excerptOf } from "./excerpt.ts";
import { argumentSource, fileSource } from "./place.ts";

const text = Array.from({ length: 12 }, (_, index) => `key${index + 1}: ${index}`).join("\n");

function placeOf(word: string, within = text) {
	const start = within.indexOf(word);
	return { source: fileSource("x.yaml", within), start, end: start + word.length };
}

test("two lines of context on each side, numbers aligned, carets under the marked part", () => {
	expect(`\n${excerptOf(placeOf("key9"), "did you mean `key`?")}`).toMatchInlineSnapshot(`
		"
		     7 | key7: 6
		     8 | key8: 7
		  >  9 | key9: 8
		       | ^^^^ did you mean \`key\`?
		    10 | key10: 9
		    11 | key11: 10"
	`);
});

test("the first and the last line have context on one side", () => {
	expect(`\n${excerptOf(placeOf("key1:"))}`).toMatchInlineSnapshot(`
		"
		  > 1 | key1: 0
		      | ^^^^^
		    2 | key2: 1
		    3 | key3: 2"
	`);
	expect(`\n${excerptOf(placeOf("key12"))}`).toMatchInlineSnapshot(`
		"
		    10 | key10: 9
		    11 | key11: 10
		  > 12 | key12: 11
		       | ^^^^^"
	`);
});

test("a marked part of several lines is marked in its first line", () => {
	expect(`\n${excerptOf(placeOf("b: 1\n  c: 2", "a:\n  b: 1\n  c: 2\n"))}`).toMatchInlineSnapshot(`
		"
		    1 | a:
		  > 2 |   b: 1
		      |   ^^^^
		    3 |   c: 2"
	`);
});

test("a long line is cut so that the marked part shows", () => {
	const line = `key: ${"x".repeat(300)} marked ${"y".repeat(300)}`;
	const [shown, carets] = excerptOf(placeOf("marked", line)).split("\n");
	expect(shown?.length).toBeLessThan(120);
	expect(shown?.indexOf("marked")).toBe(carets?.indexOf("^^^^^^"));
});

test("tabs take one cell and control characters do not reach the terminal", () => {
	const [shown, carets] = excerptOf(placeOf("b", "a:\t\u001B[31m b\r\n")).split("\n");
	expect(shown).toBe("  > 1 | a: \uFFFD[31m b");
	expect(carets?.indexOf("^")).toBe(shown?.length === undefined ? -1 : shown.length - 1);
});

test("a place in an argument is marked in the argument", () => {
	const source = argumentSource("clients.numbr=5");
	expect(`\n${excerptOf({ source, start: 8, end: 13 })}`).toMatchInlineSnapshot(`
		"
		  > --set clients.numbr=5
		                  ^^^^^"
	`);
});

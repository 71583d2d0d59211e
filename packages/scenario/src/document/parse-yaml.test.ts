import { expect, test } from "vitest";
import { parseYaml } from "./parse-yaml.ts";
import { fileSource, placeText } from "./place.ts";
import { nodeAt, plainValue } from "./placed-node.ts";

function valueOf(text: string): unknown {
	const parsed = parseYaml(fileSource("x.yaml", text));
	if ("mistakes" in parsed) throw new Error(parsed.mistakes.map(({ message }) => message).join());
	return plainValue(parsed.node);
}

function mistakesIn(text: string): string[] {
	const parsed = parseYaml(fileSource("x.yaml", text));
	return "mistakes" in parsed
		? parsed.mistakes.map(({ place, message }) => `${placeText(place)}: ${message}`)
		: [];
}

test("YAML 1.2: yes is a text, true a boolean, 1e-3 a number", () => {
	expect(valueOf("a: yes\nb: true\nc: 1e-3\nd:\ne: [1, {f: x}]\n")).toEqual({
		a: "yes",
		b: true,
		c: 0.001,
		d: null,
		e: [1, { f: "x" }],
	});
});

test("aliases are resolved", () => {
	expect(valueOf("a: &x {b: 1}\nc: *x\n")).toEqual({ a: { b: 1 }, c: { b: 1 } });
});

test("values and keys know their line and column", () => {
	const parsed = parseYaml(fileSource("x.yaml", "a:\r\n  b: 12\r\n"));
	const found = "node" in parsed ? nodeAt(parsed.node, ["a", "b"]) : undefined;
	expect(found?.key && placeText(found.key)).toBe("x.yaml:2:3");
	expect(found && placeText(found.node.place)).toBe("x.yaml:2:6");
});

test("a name like __proto__ is a field like any other", () => {
	const value = valueOf("__proto__: {a: 1}\n");
	expect(Object.keys(value as object)).toEqual(["__proto__"]);
	expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test.each([
	["a: 1\na: 2\n", "x.yaml:2:1: the key `a` occurs twice in this section, expected once"],
	['b:\n  "q": 1\n  "q": 2\n', 'x.yaml:3:3: the key `"q"` occurs twice in this section, expected once'],
	["a:\n\t- 1\n", "x.yaml:2:1: the YAML is broken: tabs are not allowed as indentation"],
	["a: 1\n---\nb: 2\n", "x.yaml:2:1: a second document begins here, expected one document per file"],
	["a: !foo 3\n", "x.yaml:1:4: the YAML is broken: unresolved tag: !foo"],
	["? [1]\n: 3\n", "x.yaml:1:3: a key that is not a word, expected `key: value`"],
	[
		"b: 1\na: *nope\n",
		"x.yaml:2:4: the YAML is broken: unresolved alias (the anchor must be set before the alias): nope",
	],
	["a: &x [*x]\n", "x.yaml:1:7: the section contains itself through an alias, expected an end"],
	["%YAML 3.0\n---\na: 1\n", "x.yaml:1:7: the YAML is broken: unsupported YAML version 3.0"],
])("%j is a mistake with its place", (text, expected) => {
	expect(mistakesIn(text).join()).toContain(expected);
});

test("every mistake of a document is reported", () => {
	expect(mistakesIn("a: 1\na: 2\nb: @x\nc: 'open\n")).toHaveLength(3);
});

test("too many aliases and endless nesting end in a mistake, not in a hang or a crash", () => {
	const bomb = [
		"a0: &a0 [x, x]",
		...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`),
	];
	expect(mistakesIn(bomb.join("\n")).join()).toContain("alias count");
	expect(mistakesIn("[".repeat(20_000)).join()).toMatch(/nested too deeply|the YAML is broken/);
});

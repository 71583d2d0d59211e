import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { mergeMaps } from "./merge.ts";
import { parseYaml } from "./parse-yaml.ts";
import { fileSource } from "./place.ts";
import { type PlacedMap, plainValue } from "./placed-node.ts";

function mapOf(value: unknown): PlacedMap {
	const parsed = parseYaml(fileSource("x.yaml", stringify(value)));
	if (!("node" in parsed) || parsed.node.kind !== "map") throw new Error("the value is no section");
	return parsed.node;
}

const merge = (base: unknown, over: unknown): unknown => plainValue(mergeMaps(mapOf(base), mapOf(over)));

test("sections are merged field by field, lists and plain values are replaced", () => {
	const base = { a: { b: 1, c: [1, 2], d: { e: 1 } }, f: 1 };
	expect(merge(base, { a: { c: [3], d: { g: 2 } }, f: { h: 1 } })).toEqual({
		a: { b: 1, c: [3], d: { e: 1, g: 2 } },
		f: { h: 1 },
	});
});

test("a section whose name or schedule changes is replaced", () => {
	expect(merge({ a: { name: "x", p: 1 } }, { a: { name: "y", q: 2 } })).toEqual({ a: { name: "y", q: 2 } });
	expect(merge({ a: { name: "x", p: 1 } }, { a: { name: "x", q: 2 } })).toEqual({
		a: { name: "x", p: 1, q: 2 },
	});
	expect(merge({ a: { name: "x", p: 1 } }, { a: { q: 2 } })).toEqual({ a: { name: "x", p: 1, q: 2 } });
	expect(merge({ a: { schedule: "x", p: 1 } }, { a: { schedule: "y" } })).toEqual({ a: { schedule: "y" } });
});

test("the scenario's own name does not make it another one", () => {
	expect(merge({ name: "x", p: 1 }, { name: "y" })).toEqual({ name: "y", p: 1 });
});

test("a map laid over itself, over nothing or under nothing stays as it is", () => {
	const { tree } = fc.letrec<{ tree: Record<string, unknown> }>((tie) => ({
		tree: fc.dictionary(
			fc.constantFrom("a", "b", "name", "list"),
			fc.oneof({ maxDepth: 3 }, fc.integer(), fc.array(fc.integer(), { maxLength: 2 }), tie("tree")),
		),
	}));
	fc.assert(
		fc.property(tree, (value) => {
			expect(merge(value, value)).toEqual(value);
			expect(merge(value, {})).toEqual(value);
			expect(merge({}, value)).toEqual(value);
		}),
		{ numRuns: 50 },
	);
});

import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap } from "yaml";
import type { Mistake } from "./mistake.ts";
import type { Place, SourceText } from "./place.ts";
import { type PlacedEntry, type PlacedNode } from "./placed-node.ts";
import { syntaxMistakes, thrownMistake } from "./syntax-mistakes.ts";

const maxAliasCount = 100;

export type ParsedYaml = { readonly node: PlacedNode } | { readonly mistakes: readonly Mistake[] };

/** A document while its nodes are read. */
interface Reading {
	readonly document: Document;
	readonly source: SourceText;
	/** Where the document begins in the source. */
	readonly offset: number;
	readonly mistakes: Mistake[];
	/** Collections that contain the node being read. */
	readonly open: Set<Node>;
}

/** Reads YAML 1.2 from `offset` of a source on. Reports every syntax error, duplicate key and unknown tag. */
export function parseYaml(source: SourceText, offset = 0): ParsedYaml {
	const mistakes: Mistake[] = [];
	try {
		const document = parseDocument(source.text.slice(offset), {
			version: "1.2",
			uniqueKeys: true,
			prettyErrors: false,
		});
		const reading = { document, source, offset, mistakes, open: new Set<Node>() };
		mistakes.push(...syntaxMistakes(reading));
		// Aliases of a broken document may be endless.
		if (mistakes.length > 0) return { mistakes };
		document.toJS({ maxAliasCount, mapAsMap: true });
		const node = readNode(reading, document.contents);
		return mistakes.length > 0 ? { mistakes } : { node };
	} catch (error) {
		return { mistakes: [...mistakes, thrownMistake(error, source, offset)] };
	}
}

function report(reading: Reading, place: Place, message: string): void {
	reading.mistakes.push({ code: "FL_SCENARIO_SYNTAX", place, message });
}

function readNode(reading: Reading, node: unknown): PlacedNode {
	if (isAlias(node)) return readNode(reading, node.resolve(reading.document));
	if (isMap(node)) return inside(reading, node, () => readMap(reading, node));
	if (isSeq(node)) {
		return inside(reading, node, (place) => {
			return { kind: "list", place, items: node.items.map((item) => readNode(reading, item)) };
		});
	}
	const place = placeOf(reading, node);
	const value = isScalar(node) ? node.value : null;
	if (
		typeof value === "string" ||
		typeof value === "number" ||
		typeof value === "boolean" ||
		value === null
	) {
		return { kind: "scalar", place, value };
	}
	report(reading, place, "a value of an unknown kind, expected a text, a number, or true or false");
	return { kind: "scalar", place, value: null };
}

function readMap(reading: Reading, map: YAMLMap): PlacedNode {
	const entries = new Map<string, PlacedEntry>();
	for (const { key, value } of map.items) {
		const place = placeOf(reading, key);
		const name = isScalar(key) ? key.value : null;
		if (typeof name !== "string" && typeof name !== "number" && typeof name !== "boolean") {
			report(reading, place, "a key that is not a word, expected `key: value`");
			continue;
		}
		const isEmpty = value === null || (isScalar(value) && value.value === null);
		const read = isEmpty ? ({ kind: "scalar", place, value: null } as const) : readNode(reading, value);
		entries.set(String(name), { key: place, value: read });
	}
	return { kind: "map", place: placeOf(reading, map), entries };
}

/** Reads a collection unless it is being read already: an alias inside its own anchor has no end. */
function inside(reading: Reading, node: Node, read: (place: Place) => PlacedNode): PlacedNode {
	const place = placeOf(reading, node);
	if (reading.open.has(node)) {
		report(reading, place, "the section contains itself through an alias, expected an end");
		return { kind: "scalar", place, value: null };
	}
	reading.open.add(node);
	const result = read(place);
	reading.open.delete(node);
	return result;
}

function placeOf(reading: Reading, node: unknown): Place {
	const isNode = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
	const range = isNode ? node.range : undefined;
	return range ? placeIn(reading, range[0], range[1]) : placeIn(reading, 0, 0);
}

function placeIn({ source, offset }: Reading, start: number, end: number): Place {
	return { source, start: offset + start, end: offset + end };
}

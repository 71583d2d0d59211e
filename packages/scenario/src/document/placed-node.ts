import type { Place } from "./place.ts";

/** A value of a scenario that knows where it was written. */
export type PlacedNode = PlacedScalar | PlacedList | PlacedMap;

interface PlacedScalar {
	readonly kind: "scalar";
	readonly place: Place;
	readonly value: string | number | boolean | null;
}

interface PlacedList {
	readonly kind: "list";
	readonly place: Place;
	readonly items: readonly PlacedNode[];
}

export interface PlacedMap {
	readonly kind: "map";
	readonly place: Place;
	readonly entries: ReadonlyMap<string, PlacedEntry>;
}

export interface PlacedEntry {
	readonly key: Place;
	readonly value: PlacedNode;
}

export type FieldPath = readonly (string | number)[];

/** The value without its places. */
export function plainValue(node: PlacedNode): unknown {
	switch (node.kind) {
		case "scalar":
			return node.value;
		case "list":
			return node.items.map(plainValue);
		case "map":
			return Object.fromEntries([...node.entries].map(([name, entry]) => [name, plainValue(entry.value)]));
	}
}

/** The node at a path, and the place of its key if a map holds it; undefined when nothing is there. */
export function nodeAt(
	root: PlacedNode,
	path: FieldPath,
): { readonly node: PlacedNode; readonly key: Place | undefined } | undefined {
	let node = root;
	let key: Place | undefined;
	for (const step of path) {
		if (node.kind === "map") {
			const entry = node.entries.get(String(step));
			if (entry === undefined) return undefined;
			({ value: node, key } = entry);
		} else {
			const item = node.kind === "list" ? node.items[Number(step)] : undefined;
			if (item === undefined) return undefined;
			node = item;
			key = undefined;
		}
	}
	return { node, key };
}

/** Where to point to for something that lacks at `path`: the key of the innermost section that is there. */
export function sectionPlace(root: PlacedNode, path: FieldPath): Place {
	for (let length = path.length; length > 0; length--) {
		const found = nodeAt(root, path.slice(0, length));
		if (found !== undefined) return found.key ?? found.node.place;
	}
	const [first] = root.kind === "map" ? root.entries.values() : [];
	return first?.key ?? root.place;
}

/** `clients.optimizer.momentum`, `layers[2].units`. */
export function pathText(path: FieldPath): string {
	return path
		.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`))
		.join("");
}

/** What a user wrote, in a few words. */
export function foundText(node: PlacedNode): string {
	switch (node.kind) {
		case "scalar":
			if (node.value === null) return "empty";
			return typeof node.value === "string" ? `the text ${quoted(node.value)}` : String(node.value);
		case "list":
			if (node.items.length === 0) return "an empty list";
			return node.items.length === 1 ? "a list of 1 item" : `a list of ${node.items.length} items`;
		case "map":
			if (node.entries.size === 0) return "an empty section";
			return `a section with ${[...node.entries.keys()].slice(0, 5).map(quotedName).join(", ")}`;
	}
}

/** A text in double quotes, cut when long. */
export function quoted(text: string): string {
	return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

/** A name in back ticks, cut when long. */
export function quotedName(name: string): string {
	const printable = name.replaceAll(/\p{Cc}/gu, "\uFFFD");
	return `\`${printable.length > 60 ? `${printable.slice(0, 57)}...` : printable}\``;
}

import type { PlacedEntry, PlacedMap, PlacedNode } from "./placed-node.ts";

/** Fields that choose what the other fields of a section mean. */
export const choosingFields: readonly string[] = ["name", "schedule"];

/**
 * Lays `over` on `base`: maps field by field, everything else whole. A section in which a choosing field changes
 * replaces the one below, whose other fields belong to another choice.
 */
export function mergeMaps(base: PlacedMap, over: PlacedMap): PlacedMap {
	const entries = new Map(base.entries);
	for (const [name, entry] of over.entries) {
		const below = entries.get(name);
		entries.set(name, below === undefined ? entry : mergeEntries(below, entry));
	}
	return { kind: "map", place: over.place, entries };
}

function mergeEntries(below: PlacedEntry, over: PlacedEntry): PlacedEntry {
	const [base, top] = [below.value, over.value];
	if (base.kind !== "map" || top.kind !== "map" || choosesAnew(base, top)) return over;
	return { key: over.key, value: mergeMaps(base, top) };
}

function choosesAnew(base: PlacedMap, over: PlacedMap): boolean {
	return choosingFields.some((field) => {
		const choice = scalarOf(over.entries.get(field)?.value);
		return choice !== undefined && choice !== scalarOf(base.entries.get(field)?.value);
	});
}

export function scalarOf(node: PlacedNode | undefined): string | number | boolean | null | undefined {
	return node?.kind === "scalar" ? node.value : undefined;
}

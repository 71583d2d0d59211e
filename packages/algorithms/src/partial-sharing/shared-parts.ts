import { type Layout, type LayoutPart, type PartKind, partOf, type Vector } from "@fl-sim/core";

/** A model in two halves: parts that everybody has in common, and parts that stay with their client. */
export interface SharedParts {
	readonly shared: readonly LayoutPart[];
	readonly personal: readonly LayoutPart[];
	/** Scalars in the shared parts. */
	readonly sharedSize: number;
}

/** Divides a layout's parts, each as a whole. */
export function divideParts(layout: Layout, isPersonal: (part: LayoutPart) => boolean): SharedParts {
	const shared = layout.parts.filter((part) => !isPersonal(part));
	return {
		shared,
		personal: layout.parts.filter(isPersonal),
		sharedSize: shared.reduce((sum, { size }) => sum + size, 0),
	};
}

/** Names of the layers, from the input to the output. */
function layersOf(layout: Layout): string[] {
	return [...new Set(layout.parts.map(({ layer }) => layer))];
}

/** Names of the first `count` layers: those nearest to the input. */
export function firstLayers(layout: Layout, count: number): ReadonlySet<string> {
	return new Set(layersOf(layout).slice(0, count));
}

/** Names of the last `count` layers: those nearest to the output. */
export function lastLayers(layout: Layout, count: number): ReadonlySet<string> {
	const layers = layersOf(layout);
	return new Set(layers.slice(Math.max(0, layers.length - count)));
}

/** Names of the normalization layers: those with a scale, a shift or running statistics. */
export function normalizationLayers(layout: Layout): ReadonlySet<string> {
	const kinds: readonly PartKind[] = ["scale", "shift", "buffer"];
	return new Set(layout.parts.filter(({ kind }) => kinds.includes(kind)).map(({ layer }) => layer));
}

/** The values of some parts, one part after the other: a new vector. */
export function gatherParts(values: Vector, parts: readonly LayoutPart[]): Vector {
	const gathered = new Float32Array(parts.reduce((sum, { size }) => sum + size, 0));
	let offset = 0;
	for (const part of parts) {
		gathered.set(partOf(values, part), offset);
		offset += part.size;
	}
	return gathered;
}

/** `values` with some parts replaced by what `gatherParts` had taken: a new vector. */
export function replaceParts(values: Vector, parts: readonly LayoutPart[], gathered: Vector): Vector {
	const replaced = values.slice();
	let offset = 0;
	for (const part of parts) {
		replaced.set(gathered.subarray(offset, offset + part.size), part.offset);
		offset += part.size;
	}
	return replaced;
}

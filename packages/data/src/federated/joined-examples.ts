import type { Examples, FeatureColumn } from "@fl-sim/core";

/** Data sets of the same shape and kind, below each other; a single one is returned as it is. */
export function joinExamples(parts: readonly [Examples, ...Examples[]]): Examples {
	const [first] = parts;
	if (parts.length === 1) return first;
	const labels = joinInts(parts.map((part) => part.labels));
	const owners = parts.flatMap((part) => (part.owners === undefined ? [] : [part.owners]));
	const domains = parts.flatMap((part) => (part.domains === undefined ? [] : [part.domains]));
	return {
		...first,
		numExamples: labels.length,
		features: joinColumns(parts.map((part) => part.features)),
		labels,
		...(owners.length === parts.length ? { owners: joinInts(owners) } : {}),
		...(domains.length === parts.length ? { domains: joinInts(domains) } : {}),
	};
}

function joinInts(columns: readonly Int32Array[]): Int32Array {
	return Int32Array.from(columns.flatMap((column) => [...column]));
}

function joinColumns(columns: readonly FeatureColumn[]): FeatureColumn {
	const first = columns[0] as FeatureColumn;
	const length = columns.reduce((total, column) => total + column.values.length, 0);
	const joined =
		first.kind === "floats"
			? { ...first, values: new Float32Array(length) }
			: { ...first, values: new Uint8Array(length) };
	let filled = 0;
	for (const column of columns) {
		joined.values.set(column.values, filled);
		filled += column.values.length;
	}
	return joined;
}

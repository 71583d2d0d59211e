import type { Examples } from "@fl-sim/core";
import { type PartitionSettings, partitionOptions } from "../partition/partitioners.ts";
import { sharedFloats, sharedInts } from "../shared-arrays.ts";

/** Options of a test's data: example i has label i mod numClasses unless `labels` says otherwise. */
export interface LabelledSettings {
	readonly numExamples: number;
	readonly numClasses: number;
	readonly labels?: ArrayLike<number>;
	readonly owners?: ArrayLike<number>;
	readonly domains?: ArrayLike<number>;
	readonly featureShape?: readonly number[];
}

/** Examples whose features are all different: feature j of example i is i + j / 1024. */
export function labelledExamples(settings: LabelledSettings): Examples {
	const { numExamples, numClasses, owners, domains, featureShape = [2] } = settings;
	const width = featureShape.reduce((product, extent) => product * extent, 1);
	const values = sharedFloats(numExamples * width);
	for (let i = 0; i < values.length; i++) values[i] = Math.floor(i / width) + (i % width) / 1024;
	const labels = settings.labels ?? Array.from({ length: numExamples }, (_, i) => i % numClasses);
	return {
		numExamples,
		featureShape,
		features: { kind: "floats", values },
		labels: sharedColumn(labels),
		numClasses,
		...(owners === undefined ? {} : { owners: sharedColumn(owners) }),
		...(domains === undefined ? {} : { domains: sharedColumn(domains) }),
	};
}

/** A partition section with its defaults filled in. */
export function partitionSettings(section: Readonly<Record<string, unknown>>): PartitionSettings {
	return partitionOptions.parse(section);
}

function sharedColumn(values: ArrayLike<number>): Int32Array {
	const column = sharedInts(values.length);
	column.set(values);
	return column;
}

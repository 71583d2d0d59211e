import { randomStream } from "@fl-sim/core";
import { partitionSettings } from "../federated/labelled-data.fixture.ts";
import { partitionerNamed } from "./partitioners.ts";

/** What a test divides. */
export interface Division {
	readonly labels: Int32Array;
	readonly numClasses: number;
	readonly numClients: number;
	readonly owners?: Int32Array;
	readonly domains?: Int32Array;
	readonly seed?: number;
}

/** The lists of a partition section, as its partitioner gives them. */
export function divide(
	section: Readonly<Record<string, unknown>>,
	{ seed = 1, ...division }: Division,
): readonly Uint32Array[] {
	const options = partitionSettings(section);
	return partitionerNamed(options.name).divide({ ...division, random: randomStream(seed, "test"), options });
}

/** Labels 0, 1, ... in turn: classes of equal size. */
export function balancedLabels(numExamples: number, numClasses: number): Int32Array {
	return Int32Array.from({ length: numExamples }, (_, i) => i % numClasses);
}

/** Examples by client and class, `[numLists][numClasses]`. */
export function countsOf(lists: readonly Uint32Array[], labels: Int32Array, numClasses: number): number[][] {
	return lists.map((list) => {
		const counts = Array.from({ length: numClasses }, () => 0);
		for (const position of list) {
			const label = labels[position] as number;
			counts[label] = (counts[label] as number) + 1;
		}
		return counts;
	});
}

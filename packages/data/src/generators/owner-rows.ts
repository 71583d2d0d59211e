import { sharedInts } from "../shared-arrays.ts";

/** Some examples of one owner: part of an endless row of examples that all owners share. */
export interface OwnerRun {
	readonly owner: number;
	/** Place of the run's first example in the row. */
	readonly first: number;
	readonly count: number;
}

/**
 * The run of one owner when `total` examples go evenly to `numOwners` owners. Owners from `numOwners` up go on with
 * the next `total`, so that any number of owners can be made.
 */
export function evenRun(total: number, numOwners: number, owner: number): OwnerRun {
	const place = owner % numOwners;
	const size = Math.floor(total / numOwners);
	const larger = total % numOwners;
	const before = place * size + Math.min(place, larger);
	return {
		owner,
		first: ((owner - place) / numOwners) * total + before,
		count: size + (place < larger ? 1 : 0),
	};
}

/** The runs of owners 0 .. numOwners - 1 that are not empty. */
export function evenRuns(total: number, numOwners: number): OwnerRun[] {
	const owners = Math.min(total, numOwners);
	return Array.from({ length: owners }, (_, owner) => evenRun(total, numOwners, owner));
}

/** Columns under construction. `values` is `[numExamples, width]` row-major. */
export interface Rows<Values extends Uint8Array | Float32Array> {
	readonly values: Values;
	/** `[numExamples]`. */
	readonly labels: Int32Array;
	/** `[numExamples]`. */
	readonly owners: Int32Array;
}

/** Where an owner's examples go: rows from `firstRow` on. */
export type WriteRun<Run extends OwnerRun, Values extends Uint8Array | Float32Array> = (
	run: Run,
	rows: Rows<Values>,
	firstRow: number,
) => void;

/**
 * The examples of several owners below each other, in new shared arrays. `allocate` makes the values of that many
 * examples. An owner's rows are the same whatever stands above them, because `write` knows only the run.
 */
export function rowsOf<Run extends OwnerRun, Values extends Uint8Array | Float32Array>(
	runs: readonly Run[],
	allocate: (numExamples: number) => Values,
	write: WriteRun<Run, Values>,
): Rows<Values> {
	const numExamples = runs.reduce((total, run) => total + run.count, 0);
	const rows = {
		values: allocate(numExamples),
		labels: sharedInts(numExamples),
		owners: sharedInts(numExamples),
	};
	let firstRow = 0;
	for (const run of runs) {
		rows.owners.fill(run.owner, firstRow, firstRow + run.count);
		write(run, rows, firstRow);
		firstRow += run.count;
	}
	return rows;
}

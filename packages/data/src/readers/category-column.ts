import { sharedInts } from "../shared-arrays.ts";
import { dataError, quoted } from "./data-error.ts";
import { GrowingArray } from "./growing-array.ts";

/** A finished column: `ids[i]` is the position in `names` of row i's category. */
export interface Categories {
	readonly ids: Int32Array;
	readonly names: readonly string[];
}

/** Collects a column of names (classes, owners) row by row and numbers them in sorted order. */
export class CategoryColumn {
	readonly #ids = new GrowingArray(sharedInts);
	readonly #firstRows = new Map<string, { readonly id: number; readonly place: string }>();

	/** Appends a row; `place` names it in errors. */
	push(name: string, place: string): void {
		let entry = this.#firstRows.get(name);
		if (entry === undefined) {
			entry = { id: this.#firstRows.size, place };
			this.#firstRows.set(name, entry);
		}
		this.#ids.push(entry.id);
	}

	/** Whole numbers come first, by value, then all other names by code unit. */
	finish(): Categories {
		return this.#number([...this.#firstRows.keys()].sort(inNaturalOrder));
	}

	/** Numbers the rows by `names`. Throws FL_DATA_LABEL_RANGE for a row whose name is not among them. */
	finishAs(names: readonly string[], file: string): Categories {
		for (const [name, { place }] of this.#firstRows) {
			if (names.includes(name)) continue;
			throw dataError({
				code: "FL_DATA_LABEL_RANGE",
				file,
				place,
				found: `class ${quoted(name)}`,
				expected: `one of the ${names.length} classes of the training data`,
				fix: "Every class of the test data must occur in the training data.",
			});
		}
		return this.#number(names);
	}

	#number(names: readonly string[]): Categories {
		const positions = new Map(names.map((name, position) => [name, position]));
		const renumbered = Int32Array.from(this.#firstRows.keys(), (name) => positions.get(name) as number);
		const ids = this.#ids.finish();
		for (let row = 0; row < ids.length; row++) ids[row] = renumbered[ids[row] as number] as number;
		return { ids, names };
	}
}

function inNaturalOrder(a: string, b: string): number {
	const wholeA = isWhole(a);
	if (wholeA !== isWhole(b)) return wholeA ? -1 : 1;
	if (wholeA && Number(a) !== Number(b)) return Number(a) - Number(b);
	return a < b ? -1 : 1;
}

function isWhole(name: string): boolean {
	return /^-?\d{1,15}$/.test(name);
}

import type { Examples } from "@fl-sim/core";
import { CategoryColumn } from "./category-column.ts";

type LabelColumns = Pick<Examples, "labels" | "numClasses" | "classNames" | "owners" | "ownerNames">;

/** Collects the class and, where there is one, the owner of each row of a table. */
export class RowCategories {
	readonly #labels = new CategoryColumn();
	readonly #owners = new CategoryColumn();
	#hasOwners = false;

	pushLabel(name: string, place: string): void {
		this.#labels.push(name, place);
	}

	pushOwner(name: string, place: string): void {
		this.#hasOwners = true;
		this.#owners.push(name, place);
	}

	/**
	 * The columns of the examples. Classes are the names found, sorted, or the known ones; then another name
	 * throws FL_DATA_LABEL_RANGE for `file`.
	 */
	finish(file: string, knownClasses: readonly string[] | undefined): LabelColumns {
		const { ids, names } =
			knownClasses === undefined ? this.#labels.finish() : this.#labels.finishAs(knownClasses, file);
		const classes = { labels: ids, numClasses: names.length, classNames: names };
		if (!this.#hasOwners) return classes;
		const owners = this.#owners.finish();
		return { ...classes, owners: owners.ids, ownerNames: owners.names };
	}
}

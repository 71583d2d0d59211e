import { dataError, quoted } from "./data-error.ts";

/** A column by name, or by position (from the end when negative). */
type ColumnReference = string | number;

/** Which columns of a table are what. */
export interface ColumnRoles {
	readonly label: ColumnReference;
	/** Names the natural owner of each row. */
	readonly owner?: ColumnReference | undefined;
	/** Neither label nor feature. */
	readonly ignore: readonly ColumnReference[];
}

/** Positions of the columns. */
export interface Columns {
	readonly names: readonly string[];
	readonly label: number;
	readonly owner: number | undefined;
	/** All columns that have no other role, at least one. */
	readonly features: readonly number[];
}

/** Finds the columns in the table's header. Throws FL_DATA_FORMAT for a column that is not there. */
export function chooseColumns(file: string, names: readonly string[], roles: ColumnRoles): Columns {
	const label = positionOf(file, names, roles.label);
	const owner = roles.owner === undefined ? undefined : positionOf(file, names, roles.owner);
	const others = new Set([label, owner, ...roles.ignore.map((column) => positionOf(file, names, column))]);
	const features = names.map((_, position) => position).filter((position) => !others.has(position));
	if (features.length > 0) return { names, label, owner, features };
	throw dataError({
		file,
		found: "no feature column",
		expected: "columns besides label, owner and ignored ones",
	});
}

function positionOf(file: string, names: readonly string[], column: ColumnReference): number {
	const position =
		typeof column === "string" ? names.indexOf(column) : names.length * Number(column < 0) + column;
	if (position >= 0 && position < names.length) return position;
	const shown = names.slice(0, 20).map(quoted).join(", ");
	throw dataError({
		file,
		found: `the columns ${shown}${names.length > 20 ? ", ..." : ""}`,
		expected: typeof column === "string" ? `a column ${quoted(column)}` : `a column at position ${column}`,
		fix: "Name an existing column in the options of the data set.",
	});
}

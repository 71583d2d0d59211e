import { pipeline } from "node:stream";
import type { Examples } from "@fl-sim/core";
import { CsvError, parse } from "csv-parse";
import { sharedFloats } from "../shared-arrays.ts";
import { checkedFeatureShape } from "./array-examples.ts";
import { openBytes } from "./byte-reader.ts";
import { dataError, quoted, readError } from "./data-error.ts";
import { GrowingArray } from "./growing-array.ts";
import { floatColumn, type Normalization } from "./normalization.ts";
import { RowCategories } from "./row-categories.ts";
import { type ColumnRoles, type Columns, chooseColumns } from "./table-columns.ts";

export interface CsvOptions extends ColumnRoles {
	/** Whether the first row names the columns. */
	readonly header: boolean;
	readonly delimiter: string;
	readonly featureShape?: readonly number[] | undefined;
	readonly normalization: Normalization;
	/** Known classes in order, for a test file; standard: the labels found, sorted. */
	readonly classNames?: readonly string[];
}

/**
 * Reads a CSV file (plain or gzip) row by row: a label column and one float32 feature for every other column. Throws
 * `FlSimError` with line and column for what is not a number, not finite or missing.
 */
export async function readCsv(file: string, options: CsvOptions): Promise<Examples> {
	const rows = new CsvRows(file, options);
	try {
		for await (const { record, info } of await openRecords(file, options.delimiter)) {
			rows.push(record, info.lines);
		}
	} catch (cause) {
		throw csvError(file, cause);
	}
	return rows.finish();
}

interface CsvRecord {
	readonly record: readonly string[];
	readonly info: { readonly lines: number };
}

async function openRecords(file: string, delimiter: string): Promise<AsyncIterable<CsvRecord>> {
	const { stream } = await openBytes(file);
	const parser = parse({
		bom: true,
		delimiter,
		info: true,
		trim: true,
		skip_empty_lines: true,
		max_record_size: 1 << 24, // a quote that is never closed would swallow the whole file
	});
	pipeline(stream, parser, () => {}); // the loop over the parser throws what happened
	return parser;
}

function csvError(file: string, cause: unknown) {
	if (!(cause instanceof CsvError)) return readError(file, "CSV data", cause);
	return dataError({
		file,
		place: "lines" in cause ? `line ${String(cause.lines)}` : "CSV data",
		found: `a fault (${cause.message})`,
		expected: "closed quotes and the same number of fields in each row",
		cause,
	});
}

/** What has been read of one file. */
class CsvRows {
	readonly #file: string;
	readonly #options: CsvOptions;
	readonly #features = new GrowingArray(sharedFloats);
	readonly #categories = new RowCategories();
	#columns: Columns | undefined;
	#numRows = 0;

	constructor(file: string, options: CsvOptions) {
		this.#file = file;
		this.#options = options;
	}

	push(record: readonly string[], line: number): void {
		if (this.#columns === undefined) {
			const names = this.#options.header ? record : record.map((_, position) => String(position));
			this.#columns = chooseColumns(this.#file, names, this.#options);
			if (this.#options.header) return;
		}
		this.#pushRow(record, line, this.#columns);
	}

	#pushRow(record: readonly string[], line: number, { names, label, owner, features }: Columns): void {
		const place = (position: number) => `line ${line}, column ${quoted(names[position] as string)}`;
		const name = (position: number) => {
			if (record[position] === "") throw this.#wrong(place(position), "", "a name");
			return record[position] as string;
		};
		this.#categories.pushLabel(name(label), place(label));
		if (owner !== undefined) this.#categories.pushOwner(name(owner), place(owner));
		for (const position of features) {
			const text = record[position] as string;
			const value = Math.fround(text === "" ? Number.NaN : Number(text));
			if (!Number.isFinite(value)) throw this.#wrong(place(position), text, "a finite 32-bit number");
			this.#features.push(value);
		}
		this.#numRows++;
	}

	#wrong(place: string, text: string, expected: string) {
		const notFinite = !Number.isNaN(Number(text)) || /^[+-]?(nan|inf(inity)?)$/i.test(text);
		return dataError({
			code: text !== "" && notFinite ? "FL_DATA_NOT_FINITE" : "FL_DATA_FORMAT",
			file: this.#file,
			place,
			found: text === "" ? "an empty field" : quoted(text),
			expected,
			fix: "Correct the value, leave the row out, or name the column in `ignore`.",
		});
	}

	finish(): Examples {
		const { normalization, featureShape, classNames } = this.#options;
		if (this.#columns === undefined || this.#numRows === 0) {
			throw dataError({ file: this.#file, found: "no rows of data", expected: "at least one" });
		}
		const width = this.#columns.features.length;
		return {
			numExamples: this.#numRows,
			featureShape: checkedFeatureShape(this.#file, featureShape ?? [width], width),
			features: floatColumn(this.#features.finish(), normalization),
			...this.#categories.finish(this.#file, classNames),
		};
	}
}

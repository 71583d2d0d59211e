import type { Examples } from "@fl-sim/core";
import {
	type FileMetaData,
	type ParquetScan,
	parquetMetadataAsync,
	parquetScan,
	parquetSchema,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { dataError, quoted } from "./data-error.ts";
import { collectorFor, type FeatureCollector, type FeatureOptions } from "./parquet-features.ts";
import { withParquetFile } from "./parquet-file.ts";
import { RowCategories } from "./row-categories.ts";
import { type ColumnRoles, type Columns, chooseColumns } from "./table-columns.ts";

export interface ParquetOptions extends ColumnRoles, FeatureOptions {
	/** Known classes in order, for a test file; standard: the labels found, sorted. */
	readonly classNames?: readonly string[];
}

/**
 * Reads a Parquet file, one row group at a time. Features are either numeric columns or one column of lists of
 * numbers, of bytes, or of images: encoded as PNG or JPEG, alone or as Hugging Face's `{bytes, path}`. Throws
 * `FlSimError` with row and column.
 */
export function readParquet(file: string, options: ParquetOptions): Promise<Examples> {
	return withParquetFile(file, async (buffer) => {
		const metadata = await parquetMetadataAsync(buffer);
		const names = parquetSchema(metadata).children.map((column) => column.element.name);
		const columns = chooseColumns(file, names, options);
		const needed = [columns.label, columns.owner, ...columns.features]
			.filter((position) => position !== undefined)
			.map((position) => names[position] as string);
		const scan = await parquetScan({ file: buffer, metadata, columns: needed, compressors, utf8: false });
		const rows = new ParquetRows(file, columns, options);
		for (const range of scan.ranges) await rows.read(scan, range);
		return rows.finish(metadata);
	});
}

interface RowRange {
	readonly rowStart: number;
	readonly rowEnd: number;
}

class ParquetRows {
	readonly #file: string;
	readonly #columns: Columns;
	readonly #options: ParquetOptions;
	readonly #categories = new RowCategories();
	#features: FeatureCollector | undefined;
	#numRows = 0;

	constructor(file: string, columns: Columns, options: ParquetOptions) {
		this.#file = file;
		this.#columns = columns;
		this.#options = options;
	}

	async read(scan: ParquetScan, range: RowRange): Promise<void> {
		const { names, label, owner, features } = this.#columns;
		const column = (position: number) => this.#readColumn(scan, names[position] as string, range);
		const labels = await column(label);
		const owners = owner === undefined ? undefined : await column(owner);
		const cells: ArrayLike<unknown>[] = [];
		for (const position of features) cells.push(await column(position));
		for (let row = 0; row < labels.length; row++) {
			this.#categories.pushLabel(...this.#category(labels[row], range.rowStart + row, label));
			if (owners !== undefined && owner !== undefined) {
				this.#categories.pushOwner(...this.#category(owners[row], range.rowStart + row, owner));
			}
			this.#pushFeatures(
				cells.map((values) => values[row]),
				range.rowStart + row,
			);
		}
		this.#numRows += labels.length;
	}

	async #readColumn(scan: ParquetScan, column: string, range: RowRange): Promise<ArrayLike<unknown>> {
		const values: ArrayLike<unknown> = await scan.readColumn({ column, ...range });
		if (values.length === range.rowEnd - range.rowStart) return values;
		throw dataError({
			code: "FL_DATA_TRUNCATED",
			file: this.#file,
			place: `rows ${range.rowStart} to ${range.rowEnd - 1}, column ${quoted(column)}`,
			found: `${values.length} values`,
			expected: `${range.rowEnd - range.rowStart}`,
		});
	}

	#category(value: unknown, row: number, position: number): [name: string, place: string] {
		const place = this.#place(row, position);
		if (value instanceof Uint8Array) return [Buffer.from(value).toString("utf8"), place];
		if (typeof value === "string" || typeof value === "number") return [String(value), place];
		if (typeof value === "bigint" || typeof value === "boolean") return [String(value), place];
		throw dataError({
			file: this.#file,
			place,
			found: value === null || value === undefined ? "no value" : "a structure",
			expected: "a number or a text",
		});
	}

	#pushFeatures(cells: readonly unknown[], row: number): void {
		const place = (cell: number) => this.#place(row, this.#columns.features[cell] as number);
		this.#features ??= collectorFor(cells, this.#options);
		this.#features.push(cells, { file: this.#file, place });
	}

	#place(row: number, position: number): string {
		return `row ${row}, column ${quoted(this.#columns.names[position] as string)}`;
	}

	finish(metadata: FileMetaData): Examples {
		if (this.#features === undefined || this.#numRows !== Number(metadata.num_rows)) {
			throw dataError({
				code: "FL_DATA_TRUNCATED",
				file: this.#file,
				found: `${this.#numRows} rows`,
				expected: this.#features === undefined ? "at least one" : `${metadata.num_rows} as the footer says`,
			});
		}
		return {
			numExamples: this.#numRows,
			...this.#features.finish(this.#file),
			...this.#categories.finish(this.#file, this.#options.classNames),
		};
	}
}

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
import { checkPages } from "./parquet-pages.ts";
import { RowCategories } from "./row-categories.ts";
import { type ColumnRoles, type Columns, chooseColumns } from "./table-columns.ts";

export interface ParquetOptions extends ColumnRoles, FeatureOptions {
	/** Known classes in order, for a test file; standard: the labels found, sorted. */
	readonly classNames?: readonly string[];
}

/** Decodes a file in this thread; calls `onProgress` at least once for each column of a row group and 1,000 rows. */
export function decodeParquet(
	file: string,
	options: ParquetOptions,
	onProgress: () => void = () => {},
): Promise<Examples> {
	return withParquetFile(file, async (buffer) => {
		const metadata = await parquetMetadataAsync(buffer);
		const names = parquetSchema(metadata).children.map((column) => column.element.name);
		const columns = chooseColumns(file, names, options);
		const needed = [columns.label, columns.owner, ...columns.features]
			.filter((position) => position !== undefined)
			.map((position) => names[position] as string);
		await checkPages(file, buffer, metadata, needed);
		const scan = await parquetScan({ file: buffer, metadata, columns: needed, compressors, utf8: false });
		const rows = new ParquetRows(file, columns, { ...options, onProgress });
		for (const range of scan.ranges) await rows.read(scan, range);
		return rows.finish(metadata);
	});
}

interface RowRange {
	readonly rowStart: number;
	readonly rowEnd: number;
}

interface RowOptions extends ParquetOptions {
	readonly onProgress: () => void;
}

class ParquetRows {
	readonly #file: string;
	readonly #columns: Columns;
	readonly #options: RowOptions;
	readonly #categories = new RowCategories();
	#features: FeatureCollector | undefined;
	#numRows = 0;

	constructor(file: string, columns: Columns, options: RowOptions) {
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
			if (row % 1000 === 0) this.#options.onProgress();
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
		this.#options.onProgress();
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

import type { FeatureColumn } from "@fl-sim/core";
import { sharedBytes, sharedFloats } from "../shared-arrays.ts";
import { checkedFeatureShape } from "./array-examples.ts";
import { dataError } from "./data-error.ts";
import { GrowingArray } from "./growing-array.ts";
import { isImage } from "./image-decode.ts";
import { type ImageOptions, ImageStack } from "./image-stack.ts";
import { byteColumn, floatColumn, type Normalization } from "./normalization.ts";

export interface FeatureOptions extends ImageOptions {
	readonly featureShape?: readonly number[] | undefined;
	readonly normalization: Normalization;
}

/** Where a row stands, for errors. */
interface RowPlace {
	readonly file: string;
	/** `row 3, column "image"` for a position in the row's cells. */
	place(cell: number): string;
}

/** Collects the features of rows, whatever form they have; the first row decides the form. */
export interface FeatureCollector {
	/** Appends one row: the cells of all feature columns. */
	push(cells: readonly unknown[], place: RowPlace): void;
	finish(file: string): { features: FeatureColumn; featureShape: readonly number[] };
}

/** The collector for rows like this one: an image, bytes, a list of numbers, or one number per column. */
export function collectorFor(cells: readonly unknown[], options: FeatureOptions): FeatureCollector {
	if (cells.length === 1) {
		const bytes = bytesOf(cells[0]);
		if (isRecord(cells[0]) || (bytes !== undefined && isImage(bytes))) return new ImageCollector(options);
		if (bytes !== undefined) return new ByteCollector(options);
	}
	return new NumberCollector(options);
}

/** The bytes of a binary cell, or of a Hugging Face image `{bytes, path}`. */
function bytesOf(cell: unknown): Uint8Array | undefined {
	if (cell instanceof Uint8Array) return cell;
	return isRecord(cell) && cell["bytes"] instanceof Uint8Array ? cell["bytes"] : undefined;
}

function isRecord(cell: unknown): cell is Readonly<Record<string, unknown>> {
	return typeof cell === "object" && cell !== null && !Array.isArray(cell) && !ArrayBuffer.isView(cell);
}

class ImageCollector implements FeatureCollector {
	readonly #stack: ImageStack;
	readonly #options: FeatureOptions;

	constructor(options: FeatureOptions) {
		this.#stack = new ImageStack(options);
		this.#options = options;
	}

	push(cells: readonly unknown[], row: RowPlace): void {
		const place = cellPlace(row, 0);
		const bytes = bytesOf(cells[0]);
		if (bytes !== undefined) {
			this.#stack.push(bytes, `${place.file}: ${place.place}`);
			return;
		}
		throw dataError({
			...place,
			found: "no bytes of an image",
			expected: "a PNG or JPEG image in the field bytes",
			fix: "Store the images in the file itself and not as paths.",
		});
	}

	finish(file: string) {
		const { features, featureShape } = this.#stack.finish(this.#options.normalization);
		const width = featureShape.reduce((product, extent) => product * extent, 1);
		return {
			features,
			featureShape: checkedFeatureShape(file, this.#options.featureShape ?? featureShape, width),
		};
	}
}

class ByteCollector implements FeatureCollector {
	readonly #bytes = new GrowingArray<Uint8Array>(sharedBytes);
	readonly #options: FeatureOptions;
	#width: number | undefined;

	constructor(options: FeatureOptions) {
		this.#options = options;
	}

	push(cells: readonly unknown[], row: RowPlace): void {
		const place = cellPlace(row, 0);
		const bytes = bytesOf(cells[0]);
		if (bytes === undefined) throw dataError({ ...place, found: "no bytes", expected: "bytes" });
		this.#width = requireWidth(this.#width, bytes.length, place);
		this.#bytes.pushAll(bytes);
	}

	finish(file: string) {
		const width = this.#width ?? 0;
		return {
			features: byteColumn(this.#bytes.finish(), this.#options.normalization),
			featureShape: checkedFeatureShape(file, this.#options.featureShape ?? [width], width),
		};
	}
}

class NumberCollector implements FeatureCollector {
	readonly #values = new GrowingArray<Float32Array>(sharedFloats);
	readonly #options: FeatureOptions;
	#width: number | undefined;

	constructor(options: FeatureOptions) {
		this.#options = options;
	}

	push(cells: readonly unknown[], row: RowPlace): void {
		const before = this.#values.length;
		for (const [position, cell] of cells.entries()) this.#pushCell(cell, row, position);
		this.#width = requireWidth(this.#width, this.#values.length - before, cellPlace(row, 0));
	}

	/** A number, or a list of numbers or lists, row-major. */
	#pushCell(cell: unknown, row: RowPlace, position: number): void {
		if (Array.isArray(cell) || (ArrayBuffer.isView(cell) && !(cell instanceof DataView))) {
			for (const item of cell as unknown as Iterable<unknown>) this.#pushCell(item, row, position);
			return;
		}
		if (typeof cell !== "number" && typeof cell !== "bigint" && typeof cell !== "boolean") {
			const found = cell === null || cell === undefined ? "no value" : `a ${typeof cell}`;
			throw dataError({
				...cellPlace(row, position),
				found,
				expected: "a number",
				fix: "Fill in missing values, and name columns that are no features in `ignore`.",
			});
		}
		const value = Math.fround(Number(cell));
		if (!Number.isFinite(value)) {
			throw dataError({
				code: "FL_DATA_NOT_FINITE",
				...cellPlace(row, position),
				found: String(cell),
				expected: "a finite 32-bit number",
			});
		}
		this.#values.push(value);
	}

	finish(file: string) {
		const width = this.#width ?? 0;
		return {
			features: floatColumn(this.#values.finish(), this.#options.normalization),
			featureShape: checkedFeatureShape(file, this.#options.featureShape ?? [width], width),
		};
	}
}

interface CellPlace {
	readonly file: string;
	readonly place: string;
}

function cellPlace(row: RowPlace, position: number): CellPlace {
	return { file: row.file, place: row.place(position) };
}

function requireWidth(known: number | undefined, width: number, place: CellPlace): number {
	if (width > 0 && (known ?? width) === width) return width;
	throw dataError({
		...place,
		found: `${width} features`,
		expected: known === undefined ? "at least one" : `${known} as in the first row`,
	});
}

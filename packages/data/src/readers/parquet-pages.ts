import { crc32 } from "node:zlib";
import type { AsyncBuffer, ColumnMetaData, FileMetaData, PageHeader } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { dataError, quoted, readError } from "./data-error.ts";

/**
 * Checks the frame of all pages of the columns that will be read: sizes, numbers of values and, where they are
 * written, CRCs. The library that decodes them trusts these numbers and may not come to an end when they are wrong.
 * Throws `FlSimError` with the byte.
 */
export async function checkPages(
	file: string,
	buffer: AsyncBuffer,
	metadata: FileMetaData,
	columns: readonly string[],
): Promise<void> {
	let numRows = 0n;
	for (const group of metadata.row_groups) {
		numRows += group.num_rows;
		for (const { meta_data: column } of group.columns) {
			if (column === undefined || !columns.includes(column.path_in_schema[0] ?? "")) continue;
			const flat = column.path_in_schema.length === 1;
			if (flat ? column.num_values !== group.num_rows : column.num_values < group.num_rows) {
				throw dataError({
					file,
					place: `column ${quoted(column.path_in_schema.join("."))}`,
					found: `${column.num_values} values`,
					expected: `${group.num_rows} as the row group has rows`,
				});
			}
			await checkChunk(file, buffer, column);
		}
	}
	if (numRows === metadata.num_rows) return;
	throw dataError({
		code: "FL_DATA_TRUNCATED",
		file,
		place: "footer",
		found: `row groups with ${numRows} rows`,
		expected: `${metadata.num_rows} as the footer says`,
	});
}

async function checkChunk(file: string, buffer: AsyncBuffer, column: ColumnMetaData): Promise<void> {
	const start = Number(column.dictionary_page_offset || column.data_page_offset);
	const end = start + Number(column.total_compressed_size);
	if (!(start >= 4 && start < end && end <= buffer.byteLength)) {
		throw dataError({
			code: "FL_DATA_TRUNCATED",
			file,
			place: "footer",
			found: `a column at the bytes ${start} to ${end}`,
			expected: `a place in the file of ${buffer.byteLength} bytes`,
		});
	}
	const bytes = await buffer.slice(start, end);
	const reader = { view: new DataView(bytes), offset: 0 };
	let rest = Number(column.num_values);
	while (rest > 0) {
		const place = `byte ${start + reader.offset}`;
		const header = readHeader(file, place, reader);
		const page = new Uint8Array(bytes, reader.offset, pageSize(file, place, { header, reader, column }));
		checkCrc(file, place, { header, page });
		reader.offset += page.length;
		rest -= numValues(file, place, header);
		if (rest < 0)
			throw badPage(file, place, "more values than the footer says", `${column.num_values} values`);
	}
}

interface Reader {
	readonly view: DataView;
	offset: number;
}

function readHeader(file: string, place: string, reader: Reader): PageHeader {
	try {
		return parquetHeader(reader);
	} catch (cause) {
		throw readError(file, `page header at ${place}`, cause);
	}
}

function pageSize(
	file: string,
	place: string,
	{ header, reader, column }: { header: PageHeader; reader: Reader; column: ColumnMetaData },
): number {
	const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
	const room = reader.view.byteLength - reader.offset;
	if (!(Number.isInteger(packed) && packed >= 0 && packed <= room)) {
		throw badPage(file, place, `a page of ${packed} bytes`, `at most ${room}`);
	}
	const most = Number(column.total_uncompressed_size);
	if (Number.isInteger(unpacked) && unpacked >= 0 && unpacked <= most) return packed;
	throw badPage(file, place, `a page of ${unpacked} unpacked bytes`, `at most ${most}`);
}

function checkCrc(
	file: string,
	place: string,
	{ header, page }: { header: PageHeader; page: Uint8Array },
): void {
	if (header.crc === undefined) return;
	const [found, expected] = [crc32(page), header.crc >>> 0];
	if (found !== expected)
		throw badPage(file, place, `a page with the CRC ${found}`, `${expected} as its header says`);
}

/** Number of rows' values in a page: none in a dictionary. Throws for a header without one of its numbers. */
function numValues(file: string, place: string, header: PageHeader): number {
	const { type, data_page_header: v1, data_page_header_v2: v2, dictionary_page_header: dictionary } = header;
	const [content, numbers] =
		type === "DATA_PAGE"
			? [v1, [v1?.num_values]]
			: type === "DATA_PAGE_V2"
				? [v2, [v2?.num_values, v2?.num_rows, v2?.num_nulls, ...levelSizes(header)]]
				: [dictionary, [dictionary?.num_values]];
	const complete = numbers.every((number) => Number.isInteger(number) && Number(number) >= 0);
	if (content?.encoding === undefined || !complete) {
		throw badPage(file, place, "an incomplete page header", "its encoding and numbers of values");
	}
	const levels = levelSizes(header).reduce((sum: number, size) => sum + Number(size), 0);
	if (levels > header.compressed_page_size || (v2?.num_nulls ?? 0) > (v2?.num_values ?? 0)) {
		throw badPage(file, place, "a page header that contradicts itself", "levels that fit into the page");
	}
	return type === "DATA_PAGE" || type === "DATA_PAGE_V2" ? Number(numbers[0]) : 0;
}

function levelSizes({ data_page_header_v2: v2 }: PageHeader): readonly (number | undefined)[] {
	return v2 === undefined ? [] : [v2.definition_levels_byte_length, v2.repetition_levels_byte_length];
}

function badPage(file: string, place: string, found: string, expected: string) {
	return dataError({ file, place, found, expected });
}

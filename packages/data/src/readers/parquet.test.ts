import { type ColumnSource, parquetWriteBuffer, type SchemaElement } from "hyparquet-writer";
import { expect, test } from "vitest";
import { readParquet } from "./parquet.ts";
import { decodeParquet, type ParquetOptions } from "./parquet-decode.ts";
import { expectRobust, flSimErrorOf, pngBytes, temporaryFile } from "./sample-files.fixture.ts";

const standard: ParquetOptions = { label: "label", ignore: [], color: "rgb", normalization: "none" };

function parquetBytes(columnData: ColumnSource[], rowGroupSize = 100): Uint8Array {
	return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize }));
}

/** A file with the column `image` of that schema and a column `label` of numbers. */
function nestedBytes(schema: SchemaElement[], data: unknown[]): Uint8Array {
	return new Uint8Array(
		parquetWriteBuffer({
			columnData: [
				{ name: "image", data },
				{ name: "label", data: data.map((_, row) => row) },
			],
			schema: [{ name: "root", num_children: 2 }, ...schema, { name: "label", type: "INT32" }],
		}),
	);
}

const imageSchema: SchemaElement[] = [
	{ name: "image", num_children: 2, repetition_type: "OPTIONAL" },
	{ name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
	{ name: "path", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
];

function listSchema(element: SchemaElement): SchemaElement[] {
	return [
		{ name: "image", num_children: 1, converted_type: "LIST", repetition_type: "OPTIONAL" },
		{ name: "list", num_children: 1, repetition_type: "REPEATED" },
		element,
	];
}

async function read(columns: ColumnSource[], options: Partial<ParquetOptions> = {}, rowGroupSize = 100) {
	const file = await temporaryFile("table.parquet", parquetBytes(columns, rowGroupSize));
	return await decodeParquet(file, { ...standard, ...options });
}

const numbers: ColumnSource[] = [
	{ name: "a", data: [1.5, 2.5, 3.5], type: "DOUBLE" },
	{ name: "label", data: ["yes", "no", "yes"], type: "STRING" },
	{ name: "b", data: [1n, 2n, 3n], type: "INT64" },
];

test("numeric columns become features, over all row groups", async () => {
	for (const rowGroupSize of [1, 2, 100]) {
		const examples = await read(numbers, {}, rowGroupSize);
		expect(examples.featureShape).toEqual([2]);
		expect([...examples.features.values]).toEqual([1.5, 1, 2.5, 2, 3.5, 3]);
		expect(examples.classNames).toEqual(["no", "yes"]);
		expect([...examples.labels]).toEqual([1, 0, 1]);
		expect(examples.features.values.buffer).toBeInstanceOf(SharedArrayBuffer);
	}
});

test("owner and ignored columns are not features", async () => {
	const columns: ColumnSource[] = [...numbers, { name: "user", data: [7, 3, 7], type: "INT32" }];
	const examples = await read(columns, { owner: "user", ignore: ["b"] });
	expect([...examples.features.values]).toEqual([1.5, 2.5, 3.5]);
	expect(examples.ownerNames).toEqual(["3", "7"]);
	expect([...(examples.owners ?? [])]).toEqual([1, 0, 1]);
});

test("a column of bytes becomes byte features", async () => {
	const examples = await read(
		[
			{ name: "pixels", data: [Uint8Array.of(0, 1, 2, 3), Uint8Array.of(255, 4, 5, 6)], type: "BYTE_ARRAY" },
			{ name: "label", data: [1, 0], type: "INT32" },
		],
		{ featureShape: [2, 2, 1] },
	);
	expect(examples.features).toMatchObject({ kind: "bytes", scale: 1 / 255 });
	expect([...examples.features.values]).toEqual([0, 1, 2, 3, 255, 4, 5, 6]);
	expect(examples.featureShape).toEqual([2, 2, 1]);
});

const images = [pngBytes(2, 1, [1, 2, 3, 4, 5, 6]), pngBytes(2, 1, [9, 9, 9, 8, 8, 8])];

test("a column of encoded images is decoded", async () => {
	const examples = await read([
		{ name: "image", data: images, type: "BYTE_ARRAY" },
		{ name: "label", data: [0, 1], type: "INT32" },
	]);
	expect(examples.featureShape).toEqual([1, 2, 3]);
	expect([...examples.features.values]).toEqual([1, 2, 3, 4, 5, 6, 9, 9, 9, 8, 8, 8]);
});

test("images as Hugging Face stores them are decoded, grey and resized", async () => {
	const rows = images.map((bytes, row) => ({ bytes, path: `${row}.png` }));
	const file = await temporaryFile("images.parquet", nestedBytes(imageSchema, rows));
	const examples = await decodeParquet(file, { ...standard, color: "grey", resize: [2, 1] });
	expect(examples.featureShape).toEqual([2, 1, 1]);
	expect([...examples.features.values]).toEqual([4, 4, 9, 9]);
});

test("an image that is only a path is an error with its row", async () => {
	const rows = [
		{ bytes: images[0], path: "0.png" },
		{ bytes: null, path: "1.png" },
	];
	const file = await temporaryFile("images.parquet", nestedBytes(imageSchema, rows));
	const error = await flSimErrorOf(decodeParquet(file, standard));
	expect(error.message).toMatch(/row 1, column "image": found no bytes of an image/);
});

test("lists of numbers become features", async () => {
	const schema = listSchema({ name: "element", type: "FLOAT", repetition_type: "OPTIONAL" });
	const file = await temporaryFile(
		"lists.parquet",
		nestedBytes(schema, [
			[1, 2, 3],
			[4, 5, 6],
		]),
	);
	const examples = await decodeParquet(file, { ...standard, normalization: { mean: 1, std: 2 } });
	expect(examples.featureShape).toEqual([3]);
	expect([...examples.features.values]).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
});

test("lists of different lengths are an error with the row", async () => {
	const schema = listSchema({ name: "element", type: "FLOAT", repetition_type: "OPTIONAL" });
	const file = await temporaryFile(
		"lists.parquet",
		nestedBytes(schema, [
			[1, 2, 3],
			[4, 5],
		]),
	);
	const error = await flSimErrorOf(decodeParquet(file, standard));
	expect(error.message).toMatch(/row 1, column "image": found 2 features, expected 3/);
});

test("missing values, words and numbers that are not finite are errors with row and column", async () => {
	const withCell = (data: unknown[], type: "DOUBLE" | "STRING") =>
		read([...numbers, { name: "c", data, type }], {}, 2);
	const missing = await flSimErrorOf(withCell([1, 2, null], "DOUBLE"));
	expect(missing.message).toMatch(/row 2, column "c": found no value, expected a number/);
	const word = await flSimErrorOf(withCell(["1", "2", "3"], "STRING"));
	expect(word.message).toMatch(/row 0, column "c": found a string/);
	const notFinite = await flSimErrorOf(withCell([1, Number.NaN, 3], "DOUBLE"));
	expect(notFinite.code).toBe("FL_DATA_NOT_FINITE");
	expect(notFinite.message).toMatch(/row 1, column "c": found NaN/);
});

test("a missing column is told with those that there are, a missing label with its row", async () => {
	expect((await flSimErrorOf(read(numbers, { label: "klass" }))).message).toMatch(
		/found the columns "a", "label"/,
	);
	const error = await flSimErrorOf(
		read([
			{ name: "a", data: [1, 2], type: "INT32" },
			{ name: "label", data: ["x", null], type: "STRING" },
		]),
	);
	expect(error.message).toMatch(/row 1, column "label": found no value/);
});

test("a file that is no Parquet, an empty and a missing one are errors", async () => {
	for (const contents of ["", "PAR1", "this is no parquet file at all"]) {
		expect((await flSimErrorOf(decodeParquet(await temporaryFile("x", contents), standard))).code).toBe(
			"FL_DATA_FORMAT",
		);
	}
	expect((await flSimErrorOf(decodeParquet("/nowhere/at/all", standard))).code).toBe("FL_DATA_MISSING");
});

test("a file is decoded in a worker into memory that both share", async () => {
	const examples = await readParquet(await temporaryFile("table.parquet", parquetBytes(numbers)), standard);
	expect([...examples.features.values]).toEqual([1.5, 1, 2.5, 2, 3.5, 3]);
	expect(examples.features.values.buffer).toBeInstanceOf(SharedArrayBuffer);
	const error = await flSimErrorOf(readParquet(await temporaryFile("x", "PAR1"), standard));
	expect(error.code).toBe("FL_DATA_FORMAT");
	expect(error.fix).toMatch(/intact copy/);
});

test("a decoder that does not come to an end is stopped", async () => {
	const file = await temporaryFile("table.parquet", parquetBytes(numbers));
	const error = await flSimErrorOf(readParquet(file, standard, 0));
	expect(error.message).toMatch(/the decoder does not get through/);
});

test("damaged files give a result or an FlSimError", async () => {
	// In this thread, for speed; other damage can keep the decoder busy forever, which only the worker ends.
	const readFile = (file: string) => decodeParquet(file, standard);
	await expectRobust("numbers.parquet", parquetBytes(numbers, 2), readFile);
	const rows = images.map((bytes, row) => ({ bytes, path: `${row}.png` }));
	await expectRobust("images.parquet", nestedBytes(imageSchema, rows), readFile);
});

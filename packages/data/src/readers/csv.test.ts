import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { type CsvOptions, readCsv } from "./csv.ts";
import { expectRobust, flSimErrorOf, temporaryFile } from "./sample-files.fixture.ts";

const standard: CsvOptions = {
	label: "label",
	ignore: [],
	header: true,
	delimiter: ",",
	normalization: "none",
};

async function read(contents: string | Uint8Array, options: Partial<CsvOptions> = {}) {
	return await readCsv(await temporaryFile("table.csv", contents), { ...standard, ...options });
}

const irises = "width,label,height\n0.5,setosa,1\n-2e-1,virginica,2\n3,setosa,4\n";

test("all columns but the label become features, in order", async () => {
	const examples = await read(irises);
	expect(examples.numExamples).toBe(3);
	expect(examples.featureShape).toEqual([2]);
	expect([...examples.features.values]).toEqual([0.5, 1, -0.2, 2, 3, 4].map(Math.fround));
	expect(examples.features.values.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test("labels that are words are numbered in sorted order", async () => {
	const examples = await read("label,x\nzebra,1\nant,2\nmole,3\nant,4\n");
	expect(examples.classNames).toEqual(["ant", "mole", "zebra"]);
	expect([...examples.labels]).toEqual([2, 0, 1, 0]);
});

test("labels that are whole numbers are sorted by value", async () => {
	const examples = await read("label,x\n10,1\n9,2\n-1,3\n");
	expect(examples.classNames).toEqual(["-1", "9", "10"]);
	expect([...examples.labels]).toEqual([2, 1, 0]);
});

test("the label may be named by position, from the end too", async () => {
	const rows = "1;2;a\n3;4;b\n";
	const examples = await read(rows, { header: false, delimiter: ";", label: -1 });
	expect([...examples.features.values]).toEqual([1, 2, 3, 4]);
	expect([...examples.labels]).toEqual([0, 1]);
	expect((await read(rows, { header: false, delimiter: ";", label: 2 })).classNames).toEqual(["a", "b"]);
});

test("an owner column becomes the owners and ignored columns are not features", async () => {
	const examples = await read("id,user,x,label\n1,bo,5,0\n2,al,6,1\n", { owner: "user", ignore: ["id"] });
	expect(examples.ownerNames).toEqual(["al", "bo"]);
	expect([...(examples.owners ?? [])]).toEqual([1, 0]);
	expect([...examples.features.values]).toEqual([5, 6]);
});

test("a packed file, a byte order mark, quotes and Windows line ends are understood", async () => {
	const examples = await read(gzipSync('\ufefflabel,x\r\n"a, b",1\r\n\r\nc,2\r\n'));
	expect(examples.classNames).toEqual(["a, b", "c"]);
});

test("features are normalized and shaped", async () => {
	const examples = await read("label,a,b\n0,1,3\n", {
		normalization: { mean: 1, std: 2 },
		featureShape: [1, 2],
	});
	expect([...examples.features.values]).toEqual([0, 1]);
	expect(examples.featureShape).toEqual([1, 2]);
	expect((await flSimErrorOf(read(irises, { featureShape: [3] }))).message).toMatch(/found 2 features/);
});

test("known classes number a test file, and another class is an error with its place", async () => {
	const classNames = ["virginica", "setosa"];
	expect([...(await read(irises, { classNames })).labels]).toEqual([1, 0, 1]);
	const error = await flSimErrorOf(read(irises, { classNames: ["setosa", "other"] }));
	expect(error.code).toBe("FL_DATA_LABEL_RANGE");
	expect(error.message).toMatch(/line 3, column "label": found class "virginica"/);
});

test.each([
	["NaN", "FL_DATA_NOT_FINITE", '"NaN"'],
	["Infinity", "FL_DATA_NOT_FINITE", '"Infinity"'],
	["-inf", "FL_DATA_NOT_FINITE", '"-inf"'],
	["1e99", "FL_DATA_NOT_FINITE", '"1e99"'],
	["old", "FL_DATA_FORMAT", '"old"'],
	["", "FL_DATA_FORMAT", "an empty field"],
])("the value %j is an error with line and column", async (value, code, found) => {
	const error = await flSimErrorOf(read(`label,age\na,1\nb,${value}\nc,2\n`));
	expect(error.code).toBe(code);
	expect(error.message).toContain(`line 3, column "age": found ${found}`);
});

test("rows of another length are an error with the line", async () => {
	const error = await flSimErrorOf(read("label,x\na,1\nb,2,3\n"));
	expect(error.code).toBe("FL_DATA_FORMAT");
	expect(error.message).toMatch(/line 3/);
});

test("a missing column is told with those that there are", async () => {
	const error = await flSimErrorOf(read("klass,x\na,1\n"));
	expect(error.message).toMatch(/found the columns "klass", "x", expected a column "label"/);
});

test("files without rows are errors", async () => {
	for (const contents of ["", "label,x\n"]) {
		expect((await flSimErrorOf(read(contents))).message).toMatch(/no rows of data/);
	}
	expect((await flSimErrorOf(read("label\na\n"))).message).toMatch(/no feature column/);
});

test("many rows come through the blocks of the growing arrays in order", async () => {
	const rows = Array.from({ length: 70_000 }, (_, row) => `${row % 3},${row}`);
	const { features, labels } = await read(`label,x\n${rows.join("\n")}\n`);
	expect(features.values.length).toBe(70_000);
	expect(features.values.every((value, row) => value === row && labels[row] === row % 3)).toBe(true);
});

test("damaged tables give a result or an FlSimError", async () => {
	await expectRobust(
		"a.csv",
		Buffer.from(`${irises}1,"quo, ted",1
`),
		(file) => readCsv(file, standard),
	);
	await expectRobust("a.csv.gz", gzipSync(irises), (file) => readCsv(file, standard));
});

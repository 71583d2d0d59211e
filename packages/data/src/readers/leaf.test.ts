import { expect, test } from "vitest";
import { type LeafOptions, readLeaf } from "./leaf.ts";
import { expectRobust, flSimErrorOf, temporaryFile } from "./sample-files.fixture.ts";

const standard: LeafOptions = { asBytes: false, normalization: "none" };

type UserData = Record<string, { x: unknown[]; y: unknown[] }>;

function leafJson(userData: UserData): string {
	return JSON.stringify({
		users: Object.keys(userData),
		num_samples: Object.values(userData).map(({ y }) => y.length),
		user_data: userData,
	});
}

async function read(json: string, options: Partial<LeafOptions> = {}, testJson?: string) {
	const train = [await temporaryFile("train.json", json)];
	const test = testJson === undefined ? [] : [await temporaryFile("test.json", testJson)];
	return await readLeaf({ train, test }, { ...standard, ...options });
}

const twoWriters = leafJson({
	f01: { x: [[0, 0.5, 1]], y: [2] },
	f02: {
		x: [
			[1, 1, 0],
			[0, 0, 0.25],
		],
		y: [0, 2],
	},
});

test("users become owners and lists of numbers float features", async () => {
	const { train, test } = await read(twoWriters);
	expect(train.featureShape).toEqual([3]);
	expect([...train.features.values]).toEqual([0, 0.5, 1, 1, 1, 0, 0, 0, 0.25]);
	expect([...train.labels]).toEqual([2, 0, 2]);
	expect(train.numClasses).toBe(3);
	expect([...(train.owners ?? [])]).toEqual([0, 1, 1]);
	expect(train.ownerNames).toEqual(["f01", "f02"]);
	expect(test).toBeUndefined();
});

test("the same user has the same number in the test set", async () => {
	const { test } = await read(
		twoWriters,
		{},
		leafJson({ f02: { x: [[1, 1, 1]], y: [1] }, new: { x: [[0, 0, 0]], y: [0] } }),
	);
	expect([...(test?.owners ?? [])]).toEqual([1, 2]);
	expect(test?.numClasses).toBe(3);
});

test("brightnesses can be stored as bytes", async () => {
	const { train } = await read(twoWriters, { asBytes: true, featureShape: [1, 3, 1] });
	expect(train.features).toMatchObject({ kind: "bytes", scale: 1 / 255 });
	expect([...train.features.values.subarray(0, 3)]).toEqual([0, 128, 255]);
	expect(train.featureShape).toEqual([1, 3, 1]);
	const error = await flSimErrorOf(read(leafJson({ a: { x: [[2]], y: [0] } }), { asBytes: true }));
	expect(error.message).toMatch(/example 0, x\[0\]: found 2, expected a brightness/);
});

test("texts become tokens over the sorted characters of both sets", async () => {
	const { train, test } = await read(
		leafJson({ romeo: { x: ["cab", "abc"], y: ["b", "d"] } }),
		{},
		leafJson({ juliet: { x: ["aaé"], y: ["a"] } }),
	);
	expect(train.classNames).toEqual(["a", "b", "c", "d", "é"]);
	expect(train.features).toMatchObject({ kind: "tokens", vocabularySize: 5 });
	expect([...train.features.values]).toEqual([2, 0, 1, 0, 1, 2]);
	expect([...train.labels]).toEqual([1, 3]);
	expect(train.featureShape).toEqual([3, 5]);
	expect([...(test?.features.values ?? [])]).toEqual([0, 0, 4]);
});

test.each([
	["{}", /users: found nothing, expected an array/],
	["[]", /the file: found an array of 0, expected an object/],
	['{"users": ["a"], "num_samples": [], "user_data": {}}', /num_samples: found 0 numbers/],
	['{"users": ["a"], "num_samples": [1], "user_data": {}}', /user_data\["a"\]: found nothing/],
	['{"users": [3], "num_samples": [1], "user_data": {}}', /users\[0\]: found the number 3/],
	['{"users": ["__proto__"], "num_samples": [1], "user_data": {}}', /found nothing, expected an object/],
	[leafJson({ a: { x: [[1], [2]], y: [0] } }), /found 2 values of x and 1 of y/],
	[leafJson({ a: { x: [[1], [2, 3]], y: [0, 0] } }), /example 1: found x with 2 numbers, expected 1 numbers/],
	[leafJson({ a: { x: [[1], "b"], y: [0, 0] } }), /found x with 1 characters, expected 1 numbers/],
	[leafJson({ a: { x: [["1"]], y: [0] } }), /x\[0\]: found the string "1", expected a number/],
	[leafJson({ a: { x: [[1]], y: [0.5] } }), /found y: the number 0.5, expected a whole number/],
	[leafJson({ a: { x: ["ab"], y: ["cd"] } }), /expected one character/],
	[leafJson({ a: { x: [null], y: [0] } }), /found x: null, expected a list of numbers or a text/],
	[leafJson({}), /found no examples/],
])("JSON of another form is an error with its place: %s", async (json, message) => {
	const error = await flSimErrorOf(read(json));
	expect(error.code).toBe("FL_DATA_FORMAT");
	expect(error.message).toMatch(message);
});

test("a class out of range is an error", async () => {
	const error = await flSimErrorOf(read(twoWriters, { numClasses: 2 }));
	expect(error.code).toBe("FL_DATA_LABEL_RANGE");
	expect(error.message).toMatch(/user_data\["f01"\], example 0: found class 2, expected 0 to 1/);
});

test("NaN, which Python writes into JSON, is an error with the line", async () => {
	const error = await flSimErrorOf(read('{"users": ["a"],\n"num_samples": [1],\n"user_data": {"x": [NaN]}}'));
	expect(error.code).toBe("FL_DATA_NOT_FINITE");
	expect(error.message).toMatch(/line 3: found NaN/);
});

test("a number beyond 32-bit floats is not finite", async () => {
	const error = await flSimErrorOf(read(leafJson({ a: { x: [[1e300]], y: [0] } })));
	expect(error.code).toBe("FL_DATA_NOT_FINITE");
});

test("a file that breaks off and an empty one are truncated", async () => {
	expect((await flSimErrorOf(read(twoWriters.slice(0, 50)))).code).toBe("FL_DATA_TRUNCATED");
	expect((await flSimErrorOf(read(""))).code).toBe("FL_DATA_TRUNCATED");
});

test("damaged files give a result or an FlSimError", async () => {
	const readFile = (file: string) => readLeaf({ train: [file], test: [] }, standard);
	await expectRobust("a.json", Buffer.from(twoWriters), readFile);
	await expectRobust("b.json", Buffer.from(leafJson({ r: { x: ["abc"], y: ["d"] } })), readFile);
});

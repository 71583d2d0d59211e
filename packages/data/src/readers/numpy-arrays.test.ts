import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { withNumpyArrays } from "./numpy-arrays.ts";
import {
	expectRobust,
	flSimErrorOf,
	npyBytes,
	temporaryFile,
	temporaryFolder,
} from "./sample-files.fixture.ts";

async function featuresOf(npy: Uint8Array): Promise<number[]> {
	const folder = await temporaryFolder();
	await writeFile(join(folder, "x.npy"), npy);
	return await withNumpyArrays(folder, async (arrays) => [...(await arrays.features("x")).values]);
}

async function integersOf(npy: Uint8Array): Promise<number[]> {
	const folder = await temporaryFolder();
	await writeFile(join(folder, "y.npy"), npy);
	return await withNumpyArrays(folder, async (arrays) => [...(await arrays.integers("y")).values]);
}

function bytesOf(values: { buffer: ArrayBuffer }): Uint8Array {
	return new Uint8Array(values.buffer);
}

const archive = zipSync({
	"x.npy": npyBytes("<f4", [2, 2], bytesOf(Float32Array.of(1, 2, 3, 4))),
	"y.npy": npyBytes("<i8", [2], bytesOf(BigInt64Array.of(1n, 0n))),
});

test.each([
	["|u1", Uint8Array.of(0, 255)],
	["|i1", Int8Array.of(-128, 127)],
	["<u2", Uint16Array.of(0, 65535)],
	["<i2", Int16Array.of(-32768, 32767)],
	["<u4", Uint32Array.of(0, 16777216)],
	["<i4", Int32Array.of(-16777216, 5)],
	["<f4", Float32Array.of(-0.5, 1e30)],
	["<f8", Float64Array.of(-0.5, 0.25)],
] as const)("little-endian elements %s are read", async (descr, values) => {
	expect(await featuresOf(npyBytes(descr, [2], bytesOf(values)))).toEqual([...values].map(Math.fround));
});

test("64-bit integers are read", async () => {
	const npy = npyBytes("<i8", [2], bytesOf(BigInt64Array.of(-3n, 4n)));
	expect(await featuresOf(npy)).toEqual([-3, 4]);
});

test("big-endian elements are read", async () => {
	const bytes = Buffer.alloc(8);
	bytes.writeInt16BE(-2, 0);
	bytes.writeInt16BE(300, 2);
	expect(await featuresOf(npyBytes(">i2", [2], bytes.subarray(0, 4)))).toEqual([-2, 300]);
	bytes.writeDoubleBE(-0.125);
	expect(await featuresOf(npyBytes(">f8", [1], bytes))).toEqual([-0.125]);
});

test("booleans are read as 0 and 1", async () => {
	expect(await integersOf(npyBytes("|b1", [3], Uint8Array.of(1, 0, 1)))).toEqual([1, 0, 1]);
});

test("whole numbers stored as floats are labels, others are not", async () => {
	expect(await integersOf(npyBytes("<f8", [2], bytesOf(Float64Array.of(2, 0))))).toEqual([2, 0]);
	const error = await flSimErrorOf(integersOf(npyBytes("<f8", [2], bytesOf(Float64Array.of(2, 0.5)))));
	expect(error.code).toBe("FL_DATA_LABEL_RANGE");
	expect(error.message).toMatch(/element 1: found 0.5/);
});

test("Fortran order is refused with what to do", async () => {
	const error = await flSimErrorOf(featuresOf(npyBytes("|u1", [2, 1], Uint8Array.of(1, 2), true)));
	expect(error.message).toMatch(/Fortran order/);
	expect(error.fix).toMatch(/ascontiguousarray/);
});

test("element types that are not numbers are refused", async () => {
	const error = await flSimErrorOf(featuresOf(npyBytes("|S3", [1], Uint8Array.of(1, 2, 3))));
	expect(error.code).toBe("FL_DATA_FORMAT");
});

test("NaN is told with row and column", async () => {
	const npy = npyBytes("<f4", [2, 2], bytesOf(Float32Array.of(1, 2, 3, Number.NaN)));
	const error = await flSimErrorOf(featuresOf(npy));
	expect(error.code).toBe("FL_DATA_NOT_FINITE");
	expect(error.message).toMatch(/row 1, column 1/);
});

test("a double that no 32-bit float can hold is not finite", async () => {
	const error = await flSimErrorOf(featuresOf(npyBytes("<f8", [1], bytesOf(Float64Array.of(1e300)))));
	expect(error.code).toBe("FL_DATA_NOT_FINITE");
});

test("a shape that promises more than the file holds is an error", async () => {
	const error = await flSimErrorOf(featuresOf(npyBytes("<f8", [1e9, 1e9], Uint8Array.of(1))));
	expect(error.code).toBe("FL_DATA_TRUNCATED");
});

test("an archive gives its arrays by name, packed or stored", async () => {
	const stored = zipSync({ "x.npy": npyBytes("|u1", [2], Uint8Array.of(7, 8)) }, { level: 0 });
	for (const [bytes, expected] of [
		[archive, [1, 2, 3, 4]],
		[stored, [7, 8]],
	] as const) {
		await withNumpyArrays(await temporaryFile("a.npz", bytes), async (arrays) => {
			expect([...(await arrays.features("x")).values]).toEqual(expected);
		});
	}
});

test("an array that the archive lacks is told with those that it has", async () => {
	const file = await temporaryFile("a.npz", archive);
	const error = await flSimErrorOf(withNumpyArrays(file, (arrays) => arrays.features("z")));
	expect(error.message).toMatch(/found the arrays x, y, expected an array "z"/);
});

test("an entry with a wrong CRC is an error", async () => {
	const bytes = zipSync({ "x.npy": npyBytes("|u1", [2], Uint8Array.of(7, 8)) }, { level: 0 });
	const at = Buffer.from(bytes).indexOf(Uint8Array.of(7, 8));
	bytes[at] = 9;
	const file = await temporaryFile("a.npz", bytes);
	const error = await flSimErrorOf(withNumpyArrays(file, (arrays) => arrays.features("x")));
	expect(error.message).toMatch(/found CRC [0-9a-f]{8}/);
});

test("damaged arrays and archives give a result or an FlSimError", async () => {
	const readAll = (file: string) =>
		withNumpyArrays(file, async (arrays) => {
			await arrays.features("x");
			await arrays.integers("y");
		});
	await expectRobust("a.npz", archive, readAll);
	const npy = npyBytes("<i4", [2, 2], bytesOf(Int32Array.of(1, 2, 3, 4)));
	await expectRobust("y.npy", npy, (file) =>
		withNumpyArrays(join(file, ".."), (arrays) => arrays.integers("y")),
	);
});

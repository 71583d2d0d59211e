import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readIdxFeatures, readIdxLabels } from "./idx.ts";
import { expectRobust, flSimErrorOf, idxBytes, temporaryFile } from "./sample-files.fixture.ts";

const twoImages = idxBytes(0x08, [2, 2, 3], [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]);

test("an IDX file of bytes becomes bytes in shared memory", async () => {
	const { shape, values } = await readIdxFeatures(await temporaryFile("images", twoImages));
	expect(shape).toEqual([2, 2, 3]);
	expect([...values]).toEqual([0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]);
	expect(values).toBeInstanceOf(Uint8Array);
	expect(values.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test("a packed file is recognised by its contents", async () => {
	const { values } = await readIdxFeatures(await temporaryFile("images", gzipSync(twoImages)));
	expect(values[11]).toBe(255);
});

test("an IDX file of big-endian floats becomes float32", async () => {
	const elements = Buffer.alloc(8);
	elements.writeFloatBE(1.5, 0);
	elements.writeFloatBE(-2, 4);
	const { values } = await readIdxFeatures(await temporaryFile("floats", idxBytes(0x0d, [2], elements)));
	expect(values).toBeInstanceOf(Float32Array);
	expect([...values]).toEqual([1.5, -2]);
});

test("labels become int32", async () => {
	const { values } = await readIdxLabels(await temporaryFile("labels", idxBytes(0x08, [3], [9, 0, 5])));
	expect(values).toEqual(new Int32Array(new SharedArrayBuffer(12)).map((_, i) => [9, 0, 5][i] as number));
});

test("a wrong magic number is told with what was found", async () => {
	const error = await flSimErrorOf(readIdxFeatures(await temporaryFile("x", Buffer.from("not an idx file"))));
	expect(error.code).toBe("FL_DATA_FORMAT");
	expect(error.message).toMatch(/byte 0: found magic number 6e6f7420/);
});

test("a header that promises more than a plain file holds is an error before anything is allocated", async () => {
	const huge = idxBytes(0x0e, [0xffffffff, 0xffffffff], [1, 2, 3]);
	const error = await flSimErrorOf(readIdxFeatures(await temporaryFile("huge", huge)));
	expect(error.code).toBe("FL_DATA_TRUNCATED");
	expect(error.message).toMatch(/byte 12: found at most 3 bytes/);
});

test("a header that promises more than a packed file holds is an error", async () => {
	const short = gzipSync(idxBytes(0x08, [3, 2], [1, 2, 3]));
	const error = await flSimErrorOf(readIdxFeatures(await temporaryFile("short.gz", short)));
	expect(error.code).toBe("FL_DATA_TRUNCATED");
	expect(error.message).toMatch(/byte 12: found the end of the file after 3 bytes, expected 6 bytes/);
});

test("trailing bytes are an error", async () => {
	const error = await flSimErrorOf(readIdxFeatures(await temporaryFile("x", idxBytes(0x08, [2], [1, 2, 3]))));
	expect(error.message).toMatch(/byte 10: found trailing bytes/);
});

test("packed data that breaks off is an error", async () => {
	const packed = gzipSync(twoImages);
	const error = await flSimErrorOf(readIdxFeatures(await temporaryFile("x.gz", packed.subarray(0, -9))));
	expect(error.code).toBe("FL_DATA_TRUNCATED");
});

test("packed data whose checksum is wrong is an error", async () => {
	const packed = gzipSync(twoImages);
	packed[packed.length - 8] = (packed[packed.length - 8] as number) ^ 1;
	const error = await flSimErrorOf(readIdxFeatures(await temporaryFile("x.gz", packed)));
	expect(error.code).toBe("FL_DATA_FORMAT");
});

test("an empty file is an error", async () => {
	const error = await flSimErrorOf(readIdxFeatures(await temporaryFile("x", "")));
	expect(error.message).toMatch(/the end of the file after 0 bytes/);
});

test("a missing file is an error that names it", async () => {
	const error = await flSimErrorOf(readIdxFeatures("/nowhere/at/all"));
	expect(error.code).toBe("FL_DATA_MISSING");
	expect(error.message).toContain("/nowhere/at/all");
});

test("a value that is not finite is told with row and column", async () => {
	const elements = Buffer.alloc(16);
	elements.writeFloatBE(Number.POSITIVE_INFINITY, 12);
	const error = await flSimErrorOf(
		readIdxFeatures(await temporaryFile("x", idxBytes(0x0d, [2, 2], elements))),
	);
	expect(error.code).toBe("FL_DATA_NOT_FINITE");
	expect(error.message).toMatch(/row 1, column 1: found Infinity/);
});

test("damaged plain files give a result or an FlSimError", async () => {
	await expectRobust("images", twoImages, readIdxFeatures);
	await expectRobust("labels", idxBytes(0x0c, [2], [0, 0, 0, 1, 0, 0, 0, 2]), readIdxLabels);
});

test("damaged packed files give a result or an FlSimError", async () => {
	await expectRobust("images.gz", gzipSync(twoImages), readIdxFeatures);
});

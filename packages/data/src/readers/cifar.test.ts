import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { type CifarFormat, readCifar } from "./cifar.ts";
import { expectRobust, flSimErrorOf, temporaryFile } from "./sample-files.fixture.ts";

const cifar10: CifarFormat = { numClasses: 10 };
const cifar100: CifarFormat = { numClasses: 100, numCoarseClasses: 20 };

/** A record whose pixel p has the channels p, p + 1 and p + 2 (modulo 256). */
function record(...head: number[]): Uint8Array {
	const pixels = Array.from({ length: 3 * 1024 }, (_, i) => ((i % 1024) + Math.floor(i / 1024)) % 256);
	return Uint8Array.from([...head, ...pixels]);
}

async function read(format: CifarFormat, ...batches: Uint8Array[]) {
	const files = await Promise.all(batches.map((batch) => temporaryFile("batch.bin", batch)));
	return await readCifar(files, { ...format, normalization: "none" });
}

test("the batches of CIFAR-10 are joined and their planes interleaved", async () => {
	const examples = await read(cifar10, Buffer.concat([record(3), record(9)]), gzipSync(record(0)));
	expect(examples.numExamples).toBe(3);
	expect([...examples.labels]).toEqual([3, 9, 0]);
	expect(examples.featureShape).toEqual([32, 32, 3]);
	const values = examples.features.values;
	expect([...values.subarray(0, 6)]).toEqual([0, 1, 2, 1, 2, 3]);
	expect([...values.subarray(2 * 3072 + 3 * 1023)]).toEqual([255, 0, 1]);
	expect(values.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test("the coarse classes of CIFAR-100 are collected from the records", async () => {
	const { coarseOf, labels } = await read(
		cifar100,
		Buffer.concat([record(4, 0), record(17, 99), record(4, 0)]),
	);
	expect([...labels]).toEqual([0, 99, 0]);
	expect([coarseOf?.[0], coarseOf?.[99], coarseOf?.[50]]).toEqual([4, 17, -1]);
});

test("two coarse classes for one class are an error", async () => {
	const error = await flSimErrorOf(read(cifar100, Buffer.concat([record(4, 0), record(5, 0)])));
	expect(error.message).toMatch(/byte 3074: found coarse class 5 for class 0, expected 4/);
});

test("a class out of range is an error", async () => {
	const error = await flSimErrorOf(read(cifar10, record(10)));
	expect(error.code).toBe("FL_DATA_LABEL_RANGE");
	expect(error.message).toMatch(/found class 10, expected 0 to 9/);
});

test("a record that breaks off is an error, and so is an empty file", async () => {
	const cut = Buffer.concat([record(1), record(2).subarray(0, 100)]);
	const error = await flSimErrorOf(read(cifar10, cut));
	expect(error.code).toBe("FL_DATA_TRUNCATED");
	expect(error.message).toMatch(/byte 3073: found a record of 100 bytes/);
	expect((await flSimErrorOf(read(cifar10, new Uint8Array(0)))).message).toMatch(/an empty file/);
});

test("damaged batches give a result or an FlSimError", async () => {
	await expectRobust("train.bin", record(4, 0), (file) =>
		readCifar([file], { ...cifar100, normalization: "none" }),
	);
});

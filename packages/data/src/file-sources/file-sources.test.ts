import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test, vi } from "vitest";
import {
	flSimErrorOf,
	idxBytes,
	npyBytes,
	pngBytes,
	temporaryFolder,
} from "../readers/sample-files.fixture.ts";
import { type DatasetOptions, dataSourceNamed, datasetOptions } from "../sources.ts";

/** Loads as a scenario in `baseFolder` would. */
async function load(options: Record<string, unknown>, baseFolder: string, seed = 1) {
	const chosen: DatasetOptions = datasetOptions.parse(options);
	return await dataSourceNamed(chosen.name).load(chosen, { seed, baseFolder });
}

async function writeFiles(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
	const folder = await temporaryFolder();
	for (const [name, contents] of Object.entries(files)) {
		await mkdir(join(folder, name, ".."), { recursive: true });
		await writeFile(join(folder, name), contents);
	}
	return folder;
}

const images = (count: number) =>
	idxBytes(
		0x08,
		[count, 2, 2],
		Array.from({ length: 4 * count }, (_, i) => i % 256),
	);
const labels = (...values: number[]) => idxBytes(0x08, [values.length], values);

const mnistFiles = {
	"train-images-idx3-ubyte.gz": gzipSync(images(4)),
	"train-labels-idx1-ubyte": labels(3, 1, 4, 1),
	"t10k-images-idx3-ubyte": images(3),
	"t10k-labels-idx1-ubyte.gz": gzipSync(labels(5, 9, 2)),
};

describe("data sets with names", () => {
	test("MNIST is read from packed and plain files in a folder beside the scenario", async () => {
		const folder = await writeFiles(mnistFiles);
		const { train, test } = await load({ name: "mnist", path: "." }, folder);
		expect([...train.labels]).toEqual([3, 1, 4, 1]);
		expect([...test.labels]).toEqual([5, 9, 2]);
		expect(train.featureShape).toEqual([2, 2, 1]);
		expect([train.numClasses, test.numClasses]).toEqual([10, 10]);
		expect(train.features).toMatchObject({ kind: "bytes", scale: 1 / 255, shift: 0 });
	});

	test("a path may also start from the working directory", async () => {
		const folder = await writeFiles(mnistFiles);
		const { train } = await load({ name: "mnist", path: relative(process.cwd(), folder) }, "/nowhere/at/all");
		expect(train.numExamples).toBe(4);
	});

	test("limit keeps the first training examples, testLimit evenly spaced test examples", async () => {
		const folder = await writeFiles(mnistFiles);
		const { train, test } = await load(
			{ name: "fashion-mnist", path: folder, limit: 2, testLimit: 2 },
			folder,
		);
		expect([...train.labels]).toEqual([3, 1]);
		expect(train.features.values.length).toBe(8);
		expect([...test.labels]).toEqual([5, 9]);
		expect(train.classNames?.[9]).toBe("ankle boot");
	});

	test("normalization goes into scale and shift", async () => {
		const folder = await writeFiles(mnistFiles);
		const { train } = await load(
			{ name: "mnist", path: folder, normalize: { mean: 0.5, std: 0.25 } },
			folder,
		);
		expect(train.features).toMatchObject({ scale: 4 / 255, shift: -2 });
	});

	test("missing files are named with their folder and the command that brings them", async () => {
		const { "train-labels-idx1-ubyte": _, ...others } = mnistFiles;
		const folder = await writeFiles(others);
		const error = await flSimErrorOf(load({ name: "mnist", path: folder }, folder));
		expect(error.code).toBe("FL_DATA_MISSING");
		expect(error.message).toBe(
			`mnist: ${folder} does not hold train-labels-idx1-ubyte (plain or packed as .gz)`,
		);
		expect(error.fix).toContain(`fl-sim data get mnist --to ${folder}`);
	});

	test("without a path the files are looked for where downloads go", async () => {
		const folder = await temporaryFolder();
		vi.stubEnv("FL_SIM_DATA", folder);
		const error = await flSimErrorOf(load({ name: "cifar10" }, folder));
		vi.unstubAllEnvs();
		expect(error.message).toContain(
			`${join(folder, "cifar10")} does not hold data_batch_1.bin, data_batch_2.bin`,
		);
		expect(error.fix).toContain("Run `fl-sim data get cifar10`,");
	});

	test("counts of images and labels that differ are an error", async () => {
		const folder = await writeFiles({ ...mnistFiles, "train-labels-idx1-ubyte": labels(1, 2, 3) });
		const error = await flSimErrorOf(load({ name: "mnist", path: folder }, folder));
		expect(error.message).toMatch(/found labels of the shape \[3\], expected \[4\]/);
	});

	test("labels out of range and files without examples are errors", async () => {
		const wrong = await writeFiles({ ...mnistFiles, "train-labels-idx1-ubyte": labels(1, 2, 3, 10) });
		const error = await flSimErrorOf(load({ name: "mnist", path: wrong }, wrong));
		expect(error.code).toBe("FL_DATA_LABEL_RANGE");
		expect(error.message).toMatch(/label 3: found class 10, expected 0 to 9/);
		const empty = await writeFiles({
			...mnistFiles,
			"train-images-idx3-ubyte.gz": images(0),
			"train-labels-idx1-ubyte": labels(),
		});
		expect((await flSimErrorOf(load({ name: "mnist", path: empty }, empty))).message).toMatch(/no examples/);
	});

	test("a test set with images of another size are an error", async () => {
		const folder = await writeFiles({
			...mnistFiles,
			"t10k-images-idx3-ubyte": idxBytes(0x08, [3, 1, 2], [1, 2, 3, 4, 5, 6]),
		});
		const error = await flSimErrorOf(load({ name: "mnist", path: folder }, folder));
		expect(error.message).toMatch(/Test examples have the shape \[1, 2, 1\]/);
	});

	const record = (...head: number[]) =>
		Uint8Array.from([...head, ...new Uint8Array(3072).fill(head[0] ?? 0)]);

	test("CIFAR-10 is read from the folder that its archive makes, with the names of its classes", async () => {
		const names = Array.from({ length: 10 }, (_, label) => `class ${label}`);
		const files = Object.fromEntries(
			[1, 2, 3, 4, 5].map((batch) => [`data_batch_${batch}.bin`, record(batch)]),
		);
		const folder = await writeFiles(
			Object.fromEntries(
				Object.entries({
					...files,
					"test_batch.bin": record(9),
					"batches.meta.txt": `${names.join("\n")}\n\n`,
				}).map(([name, contents]) => [`cifar-10-batches-bin/${name}`, contents]),
			),
		);
		const { train, test } = await load({ name: "cifar10", path: folder }, folder);
		expect([...train.labels]).toEqual([1, 2, 3, 4, 5]);
		expect([...test.labels]).toEqual([9]);
		expect(train.classNames).toEqual(names);
	});

	test("CIFAR-100 has coarse classes, and names where they are given", async () => {
		const coarse = Array.from({ length: 20 }, (_, label) => `group ${label}`).join("\n");
		const files = { "train.bin": record(7, 42), "test.bin": record(7, 42) };
		const folder = await writeFiles({ ...files, "coarse_label_names.txt": coarse });
		const { train } = await load({ name: "cifar100", path: folder }, folder);
		expect(train.coarseOf?.[42]).toBe(7);
		expect(train.coarseNames?.[7]).toBe("group 7");
		expect(train.classNames).toBeUndefined();
		const wrong = await writeFiles({ ...files, "fine_label_names.txt": "only\ntwo\n" });
		expect((await flSimErrorOf(load({ name: "cifar100", path: wrong }, wrong))).message).toMatch(/2 names/);
	});

	test("FEMNIST is read from LEAF's folders train and test, its pixels as bytes", async () => {
		const json = (user: string, label: number) =>
			JSON.stringify({
				users: [user],
				num_samples: [1],
				user_data: { [user]: { x: [Array.from({ length: 784 }, (_, i) => (i % 256) / 255)], y: [label] } },
			});
		const folder = await writeFiles({
			"data/train/a.json": json("f1", 61),
			"data/train/b.json": json("f2", 0),
			"data/test/a.json": json("f1", 10),
		});
		const { train, test } = await load({ name: "femnist", path: folder }, folder);
		expect([...train.labels]).toEqual([61, 0]);
		expect([...(train.owners ?? [])]).toEqual([0, 1]);
		expect(train.featureShape).toEqual([28, 28, 1]);
		expect([...train.features.values.subarray(0, 784)]).toEqual(
			Array.from({ length: 784 }, (_, i) => i % 256),
		);
		expect(train.classNames?.[61]).toBe("z");
		expect(test.classNames?.[test.labels[0] as number]).toBe("A");
	});

	test("Shakespeare is read from input.txt", async () => {
		const folder = await writeFiles({ "input.txt": `ROMEO:\n${"But soft! ".repeat(60)}\n` });
		const { train, test } = await load(
			{ name: "shakespeare", path: folder, window: 10, testLimit: 5 },
			folder,
		);
		expect(train.ownerNames).toEqual(["ROMEO"]);
		expect(train.featureShape).toEqual([10, 9]);
		expect(test.numExamples).toBe(5);
	});
});

describe("files in general formats", () => {
	test("IDX files with a test set", async () => {
		const folder = await writeFiles({ x: images(2), y: labels(0, 2), tx: images(1), ty: labels(5) });
		const { train, test } = await load(
			{ name: "idx", features: "x", labels: "y", testFeatures: "tx", testLabels: "ty" },
			folder,
		);
		expect([train.numExamples, test.numExamples]).toEqual([2, 1]);
		expect(train.numClasses).toBe(6);
	});

	test("IDX options name both test files or none", () => {
		expect(() => datasetOptions.parse({ name: "idx", features: "x", labels: "y", testLabels: "ty" })).toThrow(
			/belong together/,
		);
	});

	test("without a test set a part is held out, the same for the same seed", async () => {
		const folder = await writeFiles({ x: images(10), y: labels(0, 1, 2, 3, 4, 5, 6, 7, 8, 9) });
		const options = { name: "idx", features: "x", labels: "y", testFraction: 0.3, numClasses: 10 };
		const first = await load(options, folder, 7);
		const again = await load(options, folder, 7);
		const other = await load(options, folder, 8);
		expect([first.train.numExamples, first.test.numExamples]).toEqual([7, 3]);
		expect([...first.train.labels, ...first.test.labels].sort((a, b) => a - b)).toEqual([
			0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
		]);
		expect([...again.test.labels]).toEqual([...first.test.labels]);
		expect([...other.test.labels]).not.toEqual([...first.test.labels]);
		for (const { labels, features } of [first.train, first.test]) {
			for (const [row, label] of labels.entries()) expect(features.values[4 * row]).toBe(4 * label);
		}
	});

	test("a NumPy archive as Keras writes it", async () => {
		const folder = await writeFiles({
			"data.npz": zipSync({
				"x_train.npy": npyBytes(
					"|u1",
					[3, 2, 2],
					Uint8Array.from({ length: 12 }, (_, i) => i),
				),
				"y_train.npy": npyBytes("|u1", [3, 1], Uint8Array.of(0, 1, 2)),
				"x_test.npy": npyBytes("|u1", [1, 2, 2], Uint8Array.of(9, 9, 9, 9)),
				"y_test.npy": npyBytes("|u1", [1], Uint8Array.of(2)),
			}),
		});
		const { train, test } = await load({ name: "npz", path: "data.npz" }, folder);
		expect(train.featureShape).toEqual([2, 2, 1]);
		expect([...train.labels, ...test.labels]).toEqual([0, 1, 2, 2]);
	});

	test("a folder of NumPy files with owners, another shape and a held-out test set", async () => {
		const floats = new Uint8Array(Float32Array.from({ length: 12 }, (_, i) => i).buffer);
		const folder = await writeFiles({
			"x.npy": npyBytes("<f4", [4, 3], floats),
			"y.npy": npyBytes("|b1", [4], Uint8Array.of(1, 0, 1, 0)),
			"who.npy": npyBytes("|u1", [4], Uint8Array.of(5, 6, 7, 8)),
		});
		const options = { name: "npz", path: ".", features: "x", labels: "y", owners: "who", shape: [3, 1] };
		const { train, test } = await load(options, folder);
		expect(train.featureShape).toEqual([3, 1]);
		expect([train.numExamples, test.numExamples]).toEqual([3, 1]);
		for (const { owners, features } of [train, test]) {
			for (const [row, owner] of (owners ?? []).entries())
				expect(features.values[3 * row]).toBe(3 * (owner - 5));
		}
	});

	test("CSV and Parquet tables with a test file, whose classes are those of the training file", async () => {
		const parquet = (classes: string[]) =>
			new Uint8Array(
				parquetWriteBuffer({
					columnData: [
						{ name: "label", data: classes, type: "STRING" },
						{ name: "x", data: classes.map((_, row) => row), type: "INT32" },
					],
				}),
			);
		const folder = await writeFiles({
			"train.csv": "label,x\nb,1\na,2\n",
			"test.csv": "label,x\nb,3\n",
			"train.parquet": parquet(["b", "a"]),
			"test.parquet": parquet(["b"]),
		});
		for (const name of ["csv", "parquet"]) {
			const { train, test } = await load({ name, path: `train.${name}`, testPath: `test.${name}` }, folder);
			expect([...train.labels, ...test.labels]).toEqual([1, 0, 1]);
			expect(test.classNames).toEqual(["a", "b"]);
		}
	});

	test("one example cannot be divided", async () => {
		const folder = await writeFiles({ "one.csv": "label,x\na,1\n" });
		expect((await flSimErrorOf(load({ name: "csv", path: "one.csv" }, folder))).message).toMatch(
			/One example/,
		);
	});

	test("image folders with and without folders train and test", async () => {
		const png = pngBytes(1, 1, [1, 2, 3]);
		const folder = await writeFiles({
			"split/train/a/1.png": png,
			"split/train/b/1.png": png,
			"split/test/b/1.png": png,
			"whole/a/1.png": png,
			"whole/b/1.png": png,
		});
		const split = await load({ name: "image-folder", path: "split", color: "grey" }, folder);
		expect([...split.train.labels, ...split.test.labels]).toEqual([0, 1, 1]);
		expect(split.train.featureShape).toEqual([1, 1, 1]);
		const whole = await load({ name: "image-folder", path: "whole" }, folder);
		expect([whole.train.numExamples, whole.test.numExamples]).toEqual([1, 1]);
	});

	test("LEAF files of any kind, and a play", async () => {
		const json = JSON.stringify({
			users: ["u"],
			num_samples: [2],
			user_data: { u: { x: [[1.5], [2.5]], y: [0, 1] } },
		});
		const folder = await writeFiles({ "a.json": json, "play.txt": `A:\n${"hello ".repeat(40)}\n` });
		const { train, test } = await load({ name: "leaf", path: "a.json" }, folder);
		expect([train.numExamples, test.numExamples]).toEqual([1, 1]);
		const text = await load({ name: "text", path: "play.txt", window: 5 }, folder);
		expect(text.train.features.kind).toBe("tokens");
	});

	test("a path where nothing is, is an error", async () => {
		const error = await flSimErrorOf(load({ name: "csv", path: "no.csv" }, "/nowhere/at/all"));
		expect(error.code).toBe("FL_DATA_MISSING");
		expect(error.message).toBe("/nowhere/at/all/no.csv: no such file or folder");
	});
});

test("unknown fields are refused and every source has a title and a description of each field", () => {
	expect(() => datasetOptions.parse({ name: "mnist", pth: "x" })).toThrow(/pth/);
	for (const schema of datasetOptions.options) {
		for (const [name, field] of Object.entries(schema.shape)) {
			if (name !== "name") expect(field.description, `${schema.shape.name.value}.${name}`).toBeTruthy();
		}
	}
});

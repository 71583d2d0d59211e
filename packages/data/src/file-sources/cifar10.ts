import { z } from "zod";
import { namedDataset } from "../download/catalogue.ts";
import { readCifar } from "../readers/cifar.ts";
import { readNameList } from "../readers/name-list.ts";
import type { DataSource } from "../source.ts";
import { finishLoading } from "./finish-loading.ts";
import { folderPath, limits, normalize } from "./loading-options.ts";
import { locateDataset } from "./locate.ts";

const options = z
	.strictObject({ name: z.literal("cifar10"), path: folderPath, ...limits, normalize })
	.describe("CIFAR-10 from the batches of its binary version");

const numClasses = 10;
const testFile = "test_batch.bin";

/** Krizhevsky, 2009. */
export const cifar10: DataSource<typeof options> = {
	name: "cifar10",
	title: namedDataset("cifar10").title,
	options,
	async load(chosen, context) {
		const dataset = namedDataset("cifar10");
		const { paths } = await locateDataset("cifar10", chosen.path, context);
		const names = paths.get("batches.meta.txt");
		const format = {
			numClasses,
			normalization: chosen.normalize,
			classNames: names === undefined ? undefined : await readNameList(names, numClasses),
		};
		const batches = dataset.files.filter((file) => file !== testFile);
		const train = await readCifar(
			batches.map((file) => paths.get(file) as string),
			format,
		);
		const test = await readCifar([paths.get(testFile) as string], format);
		return finishLoading(train, test, chosen);
	},
};

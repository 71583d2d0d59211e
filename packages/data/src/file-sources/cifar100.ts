import { z } from "zod";
import { namedDataset } from "../download/catalogue.ts";
import { readCifar } from "../readers/cifar.ts";
import { readNameList } from "../readers/name-list.ts";
import type { DataSource } from "../source.ts";
import { finishLoading } from "./finish-loading.ts";
import { folderPath, limits, normalize } from "./loading-options.ts";
import { locateDataset } from "./locate.ts";

const options = z
	.strictObject({ name: z.literal("cifar100"), path: folderPath, ...limits, normalize })
	.describe("CIFAR-100 from the files of its binary version, with the 20 coarse classes");

const numClasses = 100;
const numCoarseClasses = 20;

/** Krizhevsky, 2009. */
export const cifar100: DataSource<typeof options> = {
	name: "cifar100",
	title: namedDataset("cifar100").title,
	options,
	async load(chosen, context) {
		const { paths } = await locateDataset("cifar100", chosen.path, context);
		const names = paths.get("fine_label_names.txt");
		const coarseNames = paths.get("coarse_label_names.txt");
		const format = {
			numClasses,
			numCoarseClasses,
			normalization: chosen.normalize,
			classNames: names === undefined ? undefined : await readNameList(names, numClasses),
			coarseNames: coarseNames === undefined ? undefined : await readNameList(coarseNames, numCoarseClasses),
		};
		const train = await readCifar([paths.get("train.bin") as string], format);
		const test = await readCifar([paths.get("test.bin") as string], format);
		return finishLoading(train, test, chosen);
	},
};

import { z } from "zod";
import { examplesFromArrays } from "../readers/array-examples.ts";
import { readIdxFeatures, readIdxLabels } from "../readers/idx.ts";
import { countClasses } from "../readers/labels.ts";
import type { DataSource } from "../source.ts";
import { finishWithHoldOut } from "./finish-loading.ts";
import { limits, normalize, numClasses, shape, testFraction } from "./loading-options.ts";
import { existingPath } from "./locate.ts";

const testPair = "File of the test set; without it a part of the examples is held out";

const options = z
	.strictObject({
		name: z.literal("idx"),
		features: z.string().describe("IDX file of the features, plain or gzip"),
		labels: z.string().describe("IDX file of the labels, plain or gzip"),
		testFeatures: z.string().optional().describe(testPair),
		testLabels: z.string().optional().describe(testPair),
		shape,
		numClasses,
		normalize,
		testFraction,
		...limits,
	})
	.refine((chosen) => (chosen.testFeatures === undefined) === (chosen.testLabels === undefined), {
		message: "testFeatures and testLabels belong together: give both or none",
	})
	.describe("Pairs of IDX files, the format of MNIST");

export const idx: DataSource<typeof options> = {
	name: "idx",
	title: "IDX files: any numbers, the format of MNIST",
	options,
	async load(chosen, context) {
		const read = async (features: string, labels: string) => ({
			features: await readIdxFeatures(await existingPath(features, context)),
			labels: await readIdxLabels(await existingPath(labels, context)),
		});
		const train = await read(chosen.features, chosen.labels);
		const test =
			chosen.testFeatures === undefined || chosen.testLabels === undefined
				? undefined
				: await read(chosen.testFeatures, chosen.testLabels);
		const labels = test === undefined ? [train.labels] : [train.labels, test.labels];
		const format = {
			numClasses: chosen.numClasses ?? countClasses(...labels),
			featureShape: chosen.shape,
			normalization: chosen.normalize,
		};
		const sets = {
			train: examplesFromArrays({ ...train, ...format }),
			test: test === undefined ? undefined : examplesFromArrays({ ...test, ...format }),
		};
		return finishWithHoldOut(sets, chosen, context);
	},
};

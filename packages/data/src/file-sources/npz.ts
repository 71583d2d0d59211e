import { z } from "zod";
import { examplesFromArrays } from "../readers/array-examples.ts";
import { countClasses } from "../readers/labels.ts";
import { type NumpyArrays, withNumpyArrays } from "../readers/numpy-arrays.ts";
import type { DataSource } from "../source.ts";
import { finishWithHoldOut } from "./finish-loading.ts";
import { limits, normalize, numClasses, shape, testFraction } from "./loading-options.ts";
import { existingPath } from "./locate.ts";

const options = z
	.strictObject({
		name: z.literal("npz"),
		path: z.string().describe("NumPy .npz archive, or folder of .npy files"),
		features: z.string().default("x_train").describe("Name of the array of features, [examples, ...]"),
		labels: z.string().default("y_train").describe("Name of the array of labels"),
		testFeatures: z
			.string()
			.default("x_test")
			.describe("Features of the test set; where there is no such array, a part is held out"),
		testLabels: z.string().default("y_test").describe("Labels of the test set"),
		owners: z
			.string()
			.optional()
			.describe("Name of an array with the natural owner of each training example"),
		shape,
		numClasses,
		normalize,
		testFraction,
		...limits,
	})
	.describe("NumPy arrays of features and labels");

export const npz: DataSource<typeof options> = {
	name: "npz",
	title: "NumPy arrays: a .npz archive or a folder of .npy files",
	options,
	async load(chosen, context) {
		const sets = await withNumpyArrays(await existingPath(chosen.path, context), async (arrays) => {
			const train = await readPair(arrays, chosen.features, chosen.labels);
			const test = arrays.names.includes(chosen.testFeatures)
				? await readPair(arrays, chosen.testFeatures, chosen.testLabels)
				: undefined;
			const owners = chosen.owners === undefined ? undefined : await arrays.integers(chosen.owners);
			return { train: { ...train, owners }, test };
		});
		const labels = sets.test === undefined ? [sets.train.labels] : [sets.train.labels, sets.test.labels];
		const format = {
			numClasses: chosen.numClasses ?? countClasses(...labels),
			featureShape: chosen.shape,
			normalization: chosen.normalize,
		};
		const train = examplesFromArrays({ ...sets.train, ...format });
		const test = sets.test === undefined ? undefined : examplesFromArrays({ ...sets.test, ...format });
		return finishWithHoldOut({ train, test }, chosen, context);
	},
};

async function readPair(arrays: NumpyArrays, features: string, labels: string) {
	return { features: await arrays.features(features), labels: await arrays.integers(labels) };
}

import { z } from "zod";
import { readLeaf } from "../readers/leaf.ts";
import type { DataSource } from "../source.ts";
import { finishWithHoldOut } from "./finish-loading.ts";
import { findLeafFiles } from "./leaf-files.ts";
import { limits, normalize, numClasses, shape, testFraction } from "./loading-options.ts";
import { existingPath } from "./locate.ts";

const options = z
	.strictObject({
		name: z.literal("leaf"),
		path: z
			.string()
			.describe("JSON file, or folder of JSON files, with or without sub-folders train and test"),
		shape,
		numClasses,
		normalize,
		testFraction,
		...limits,
	})
	.describe("JSON files in LEAF's format; its users are natural owners");

export const leaf: DataSource<typeof options> = {
	name: "leaf",
	title: "LEAF JSON files: lists of numbers or texts, by user",
	options,
	async load(chosen, context) {
		const files = await findLeafFiles(await existingPath(chosen.path, context));
		const sets = await readLeaf(files, {
			numClasses: chosen.numClasses,
			featureShape: chosen.shape,
			asBytes: false,
			normalization: chosen.normalize,
		});
		return finishWithHoldOut(sets, chosen, context);
	},
};

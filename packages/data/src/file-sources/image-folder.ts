import { join } from "node:path";
import { z } from "zod";
import { exists } from "../download/dataset-folder.ts";
import type { DataSource } from "../source.ts";
import { finishWithHoldOut } from "./finish-loading.ts";
import { images, limits, normalize, testFraction } from "./loading-options.ts";
import { existingPath } from "./locate.ts";

const options = z
	.strictObject({
		name: z.literal("image-folder"),
		path: z
			.string()
			.describe(
				"Folder with one sub-folder of PNG or JPEG images per class, or with such folders train and test",
			),
		...images,
		normalize,
		testFraction,
		...limits,
	})
	.describe("Images in folders that name their classes");

export const imageFolder: DataSource<typeof options> = {
	name: "image-folder",
	title: "Folder of PNG or JPEG images, one sub-folder per class",
	options,
	async load(chosen, context) {
		const { readImageFolder } = await import("../readers/image-folder.ts");
		const format = { ...chosen, normalization: chosen.normalize };
		const folder = await existingPath(chosen.path, context);
		const [trainFolder, testFolder] = [join(folder, "train"), join(folder, "test")];
		if (!(await exists(trainFolder)) || !(await exists(testFolder))) {
			const train = await readImageFolder(folder, format);
			return finishWithHoldOut({ train, test: undefined }, chosen, context);
		}
		const train = await readImageFolder(trainFolder, format);
		const test = await readImageFolder(testFolder, { ...format, classNames: train.classNames ?? [] });
		return finishWithHoldOut({ train, test }, chosen, context);
	},
};

import { z } from "zod";
import type { DataSource } from "../source.ts";
import { finishWithHoldOut } from "./finish-loading.ts";
import { images, limits, normalize, shape, tableColumns, testFraction } from "./loading-options.ts";
import { existingPath } from "./locate.ts";

const options = z
	.strictObject({
		name: z.literal("parquet"),
		path: z.string().describe("Parquet file"),
		testPath: z.string().optional().describe("Parquet file of the test set; without it a part is held out"),
		...tableColumns,
		shape,
		...images,
		normalize,
		testFraction,
		...limits,
	})
	.describe("A Parquet table: a label column, and numeric columns or one column of lists, bytes or images");

export const parquet: DataSource<typeof options> = {
	name: "parquet",
	title: "Parquet file: numbers, lists, bytes or images with a label column",
	options,
	async load(chosen, context) {
		const { readParquet } = await import("../readers/parquet.ts");
		const format = { ...chosen, featureShape: chosen.shape, normalization: chosen.normalize };
		const train = await readParquet(await existingPath(chosen.path, context), format);
		const test =
			chosen.testPath === undefined
				? undefined
				: await readParquet(await existingPath(chosen.testPath, context), {
						...format,
						classNames: train.classNames ?? [],
					});
		return finishWithHoldOut({ train, test }, chosen, context);
	},
};

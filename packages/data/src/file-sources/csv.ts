import { z } from "zod";
import type { DataSource } from "../source.ts";
import { finishWithHoldOut } from "./finish-loading.ts";
import { limits, normalize, shape, tableColumns, testFraction } from "./loading-options.ts";
import { existingPath } from "./locate.ts";

const options = z
	.strictObject({
		name: z.literal("csv"),
		path: z.string().describe("CSV file, plain or gzip"),
		testPath: z.string().optional().describe("CSV file of the test set; without it a part is held out"),
		...tableColumns,
		header: z.boolean().default(true).describe("Whether the first row names the columns"),
		delimiter: z.string().length(1).default(",").describe("Character between fields"),
		shape,
		normalize,
		testFraction,
		...limits,
	})
	.describe("A table as text: a label column and numeric features");

export const csv: DataSource<typeof options> = {
	name: "csv",
	title: "CSV file: a label column and numeric features",
	options,
	async load(chosen, context) {
		const { readCsv } = await import("../readers/csv.ts");
		const format = { ...chosen, featureShape: chosen.shape, normalization: chosen.normalize };
		const train = await readCsv(await existingPath(chosen.path, context), format);
		const test =
			chosen.testPath === undefined
				? undefined
				: await readCsv(await existingPath(chosen.testPath, context), {
						...format,
						classNames: train.classNames ?? [],
					});
		return finishWithHoldOut({ train, test }, chosen, context);
	},
};

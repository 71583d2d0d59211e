import { dirname } from "node:path";
import { z } from "zod";
import { namedDataset } from "../download/catalogue.ts";
import { readLeaf } from "../readers/leaf.ts";
import type { DataSource } from "../source.ts";
import { finishWithHoldOut } from "./finish-loading.ts";
import { findLeafFiles } from "./leaf-files.ts";
import { folderPath, limits, normalize, testFraction } from "./loading-options.ts";
import { locateDataset } from "./locate.ts";

const options = z
	.strictObject({ name: z.literal("femnist"), path: folderPath, ...limits, normalize, testFraction })
	.describe("FEMNIST from the JSON files that LEAF makes; its writers are natural owners");

const classNames = Array.from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

/** Caldas et al., LEAF: A Benchmark for Federated Settings, 2018. */
export const femnist: DataSource<typeof options> = {
	name: "femnist",
	title: namedDataset("femnist").title,
	options,
	async load(chosen, context) {
		const { paths } = await locateDataset("femnist", chosen.path, context);
		const files = await findLeafFiles(dirname(paths.get("train") as string));
		const sets = await readLeaf(files, {
			numClasses: classNames.length,
			classNames,
			featureShape: [28, 28, 1],
			asBytes: true,
			normalization: chosen.normalize,
		});
		return finishWithHoldOut(sets, chosen, context);
	},
};

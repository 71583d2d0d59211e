import { z } from "zod";
import { namedDataset } from "../download/catalogue.ts";
import type { DataSource } from "../source.ts";
import { loadIdxImages } from "./idx-images.ts";
import { folderPath, limits, normalize } from "./loading-options.ts";

const options = z
	.strictObject({ name: z.literal("mnist"), path: folderPath, ...limits, normalize })
	.describe("MNIST from its four IDX files");

const classNames = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** LeCun, Cortes and Burges, 1998. */
export const mnist: DataSource<typeof options> = {
	name: "mnist",
	title: namedDataset("mnist").title,
	options,
	load: (chosen, context) => loadIdxImages({ name: "mnist", classNames }, chosen, context),
};

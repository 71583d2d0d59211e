import { z } from "zod";

/** Fields that the options of several file sources have. */
export const folderPath = z
	.string()
	.optional()
	.describe(
		"Folder with the files, relative to the scenario file or the working directory; default: the folder of `fl-sim data get`",
	);

export const limits = {
	limit: z.int().positive().optional().describe("Keep only the first n training examples"),
	testLimit: z.int().positive().optional().describe("Keep only n test examples, evenly spaced"),
};

export const testFraction = z
	.number()
	.gt(0)
	.lt(1)
	.default(0.2)
	.describe(
		"Part of the examples that is held out as test set when there is none, drawn with the run's seed",
	);

export const normalize = z
	.union([
		z.literal("none"),
		z.strictObject({
			mean: z.number().describe("Mean that is subtracted"),
			std: z.number().positive().describe("Standard deviation that is divided by"),
		}),
	])
	.default("none")
	.describe("none, or the mean and standard deviation of all features; bytes are read as 0 to 1 before");

export const shape = z
	.array(z.int().positive())
	.min(1)
	.optional()
	.describe("Shape of one example, such as [28, 28, 1]; default: what the file says");

export const numClasses = z
	.int()
	.min(2)
	.optional()
	.describe("Number of classes; default: one more than the highest label");

export const images = {
	color: z.enum(["grey", "rgb"]).default("rgb").describe("Channels of images: 1 or 3"),
	resize: z
		.tuple([z.int().positive(), z.int().positive()])
		.optional()
		.describe("[height, width] to which images are brought; without it all must have one size"),
};

const column = z.union([z.string(), z.int()]);

export const tableColumns = {
	label: column.default("label").describe("Label column: its name, or its position (-1 is the last)"),
	owner: column.optional().describe("Column that names the natural owner of each row"),
	ignore: z.array(column).default([]).describe("Columns that are neither label nor features"),
};

import { z } from "zod";
import type { DataSource, LoadedData } from "../source.ts";

const options = z.strictObject({
	name: z.literal("mnist"),
	path: z.string().optional().describe("Folder with the four IDX files; default: the download folder"),
	limit: z.int().positive().optional().describe("Keep only the first n training examples"),
});

export const mnist: DataSource<typeof options> = {
	name: "mnist",
	title: "MNIST: handwritten digits, 28x28 grey, 10 classes",
	options,
	load(): Promise<LoadedData> {
		return Promise.reject(new Error("not written yet"));
	},
};

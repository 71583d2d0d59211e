import { z } from "zod";
import { namedDataset } from "../download/catalogue.ts";
import { readText } from "../readers/text.ts";
import type { DataSource } from "../source.ts";
import { finishLoading } from "./finish-loading.ts";
import { folderPath } from "./loading-options.ts";
import { locateDataset } from "./locate.ts";
import { textOptions } from "./text-options.ts";

const options = z
	.strictObject({ name: z.literal("shakespeare"), path: folderPath, ...textOptions })
	.describe("Plays of Shakespeare in one text file, input.txt; speakers are natural owners");

/** The text collected for char-rnn; divided by speaker as McMahan et al., 2017, and LEAF do. */
export const shakespeare: DataSource<typeof options> = {
	name: "shakespeare",
	title: namedDataset("shakespeare").title,
	options,
	async load(chosen, context) {
		const { paths } = await locateDataset("shakespeare", chosen.path, context);
		const { train, test } = await readText(paths.get("input.txt") as string, chosen);
		return finishLoading(train, test, chosen);
	},
};

import { z } from "zod";
import { readText } from "../readers/text.ts";
import type { DataSource } from "../source.ts";
import { finishLoading } from "./finish-loading.ts";
import { existingPath } from "./locate.ts";
import { textOptions } from "./text-options.ts";

const options = z
	.strictObject({ name: z.literal("text"), path: z.string().describe("Text file (UTF-8)"), ...textOptions })
	.describe("Plays in plain text: next-character prediction; speakers are natural owners");

export const text: DataSource<typeof options> = {
	name: "text",
	title: "Plain text of plays: next-character prediction, by speaker",
	options,
	async load(chosen, context) {
		const { train, test } = await readText(await existingPath(chosen.path, context), chosen);
		return finishLoading(train, test, chosen);
	},
};

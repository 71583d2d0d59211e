import { z } from "zod";
import { limits } from "./loading-options.ts";

/** Options of the sources that make windows of characters. */
export const textOptions = {
	window: z.int().positive().default(80).describe("Characters that the model sees to predict the next one"),
	stride: z.int().positive().default(1).describe("Characters from one window to the next"),
	minimumExamples: z
		.int()
		.positive()
		.default(64)
		.describe("Speakers with fewer training examples are left out"),
	testFraction: z
		.number()
		.gt(0)
		.lt(1)
		.default(0.2)
		.describe("Last part of each speaker's text, of which the test set is made"),
	limit: limits.limit,
	testLimit: z.int().positive().default(2000).describe("Keep only n test examples, evenly spaced"),
};

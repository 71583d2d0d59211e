import { z } from "zod";

const scenarioFields = z.record(z.string(), z.unknown());

/** Values of a field: a list of them, or an interval to draw from. */
const drawn = z.union([
	z.array(z.unknown()).min(1),
	z.strictObject({
		from: z.number(),
		to: z.number(),
		scale: z
			.enum(["linear", "log"])
			.default("linear")
			.describe("log: equal chances for equal ratios; both ends above 0"),
	}),
]);

export const comparisonSchema = z
	.strictObject({
		name: z.string().min(1).max(60).optional().describe("Name of the comparison; without it the file's name"),
		description: z.string().default("").describe("A sentence for the report"),
		scenario: z.string().min(1).describe("Scenario that all runs start from, relative to this file"),
		seeds: z.array(z.int().min(0)).min(1).default([1]).describe("Each run is played once for each seed"),
		targets: z
			.array(z.number().gt(0).max(1))
			.default([])
			.describe("Accuracies, from 0 to 1, whose cost is shown"),
		common: scenarioFields
			.default({})
			.describe("Fields of the scenario that are other than there in all runs"),
		compare: z
			.array(z.looseObject({ label: z.string().min(1).max(80).optional().describe("What tables call it") }))
			.min(1)
			.describe("What is compared: a label, and the fields that are other than in the scenario"),
		sweep: z
			.strictObject({
				grid: z
					.record(z.string(), z.array(z.unknown()).min(1))
					.optional()
					.describe("Every combination of these values, by the path of the field: `clients.learningRate`"),
				random: z
					.strictObject({
						samples: z.int().min(1).max(10_000).describe("Combinations that are drawn"),
						seed: z.int().min(0).default(1),
						fields: z.record(z.string(), drawn).describe("By the path of the field"),
					})
					.optional()
					.describe("Combinations drawn from lists and intervals"),
			})
			.optional()
			.describe("Settings that each entry of `compare` is played with"),
	})
	.describe("A comparison: some settings of one scenario, each over some seeds");

export type ComparisonFile = z.output<typeof comparisonSchema>;
export type DrawnField = z.output<typeof drawn>;

import { clientOptimizerOptions, learningRateScheduleOptions } from "@fl-sim/algorithms";
import { z } from "zod";
import { besideOtherIssues, exceeds, has, isSection, valueAt } from "./rule.ts";

/** Above 0% and up to 100%. */
const percentPattern = /^(?!0+(?:\.0+)?%)(?:100(?:\.0+)?|[0-9]{1,2}(?:\.[0-9]+)?)%$/;

const perRound = z
	.union([
		z.int().min(1),
		z.number().gt(0).lt(1),
		z.string().regex(percentPattern).meta({ title: 'a percentage such as "10%"' }),
	])
	.describe("Clients selected per round: a count, a fraction of all, or a percentage");

const fields = z.strictObject({
	number: z.int().min(1).describe("Clients in the population"),
	perRound,
	localEpochs: z
		.int()
		.min(1)
		.optional()
		.describe("Passes over the client's examples per round; either this or `localSteps`"),
	localSteps: z.int().min(1).optional().describe("Mini-batches per round; either this or `localEpochs`"),
	batchSize: z
		.union([z.int().min(1), z.literal("all")])
		.default(10)
		.describe("Examples per mini-batch; `all` takes a client's examples as one batch"),
	optimizer: clientOptimizerOptions.prefault({ name: "sgd" }).describe("Optimizer on the clients"),
	learningRate: z
		.union([z.number().gt(0), learningRateScheduleOptions])
		.describe("Learning rate on the clients: a number or a schedule over the rounds"),
	clipNorm: z
		.number()
		.gt(0)
		.optional()
		.describe("Largest Euclidean norm of a mini-batch gradient; without it gradients are not clipped"),
});

/** The scenario's `clients`. */
export const clientsOptions = fields
	.refine((clients) => !(has(clients, "localEpochs") && has(clients, "localSteps")), {
		...besideOtherIssues,
		path: ["localSteps"],
		error: "`clients` has both `localEpochs` and `localSteps`, expected one of them",
	})
	.refine((clients) => !isSection(clients) || has(clients, "localEpochs") || has(clients, "localSteps"), {
		...besideOtherIssues,
		params: { missing: ["localEpochs", "localSteps"] },
		error: "`clients` lacks `localEpochs` or `localSteps`, expected one of them",
	})
	.refine((clients) => !exceeds(valueAt(clients, "perRound"), valueAt(clients, "number")), {
		...besideOtherIssues,
		path: ["perRound"],
		error: "`clients.perRound` is larger than `clients.number`, expected at most as many",
	})
	.transform((clients) => ({ ...clients, perRound: cohortSize(clients.perRound, clients.number) }));

/** A count as it is; a share of the population rounded to a count of at least 1. */
function cohortSize(perRound: number | string, number: number): number {
	if (typeof perRound === "number" && perRound >= 1) return perRound;
	const share = typeof perRound === "number" ? perRound : Number(perRound.slice(0, -1)) / 100;
	return Math.max(1, Math.round(share * number));
}

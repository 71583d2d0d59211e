import { z } from "zod";

const weightDecay = z
	.number()
	.min(0)
	.default(0)
	.describe("L2 penalty: adds weightDecay times the weight to each gradient");

/** The scenario's `clients.optimizer`. Optimizer state starts afresh in each round. */
export const clientOptimizerOptions = z.discriminatedUnion("name", [
	z
		.strictObject({
			name: z.literal("sgd"),
			momentum: z.number().min(0).lt(1).default(0).describe("Momentum of past gradients"),
			nesterov: z.boolean().default(false).describe("Look ahead along the momentum"),
			weightDecay,
		})
		.describe("Stochastic gradient descent"),
	z
		.strictObject({
			name: z.literal("adam"),
			beta1: z.number().min(0).lt(1).default(0.9).describe("Decay of the gradient's mean"),
			beta2: z.number().min(0).lt(1).default(0.999).describe("Decay of the gradient's square"),
			epsilon: z.number().positive().default(1e-8).describe("Added to the denominator"),
			weightDecay,
		})
		.describe("Adam with bias correction (Kingma and Ba, 2015)"),
]);

const initial = z.number().positive().describe("Learning rate at the start");
const warmupRounds = z
	.int()
	.min(0)
	.default(0)
	.describe("Rounds in which the rate rises linearly up to its full value");

/** The scenario's `clients.learningRate`, when it is not a plain number. */
export const learningRateScheduleOptions = z.discriminatedUnion("schedule", [
	z
		.strictObject({ schedule: z.literal("constant"), initial, warmupRounds })
		.describe("The same in every round"),
	z
		.strictObject({
			schedule: z.literal("step"),
			initial,
			warmupRounds,
			every: z.int().min(1).describe("Rounds between two steps"),
			factor: z.number().positive().max(1).default(0.1).describe("Factor at each step"),
		})
		.describe("Falls by a factor every so many rounds"),
	z
		.strictObject({
			schedule: z.literal("exponential"),
			initial,
			warmupRounds,
			factor: z.number().positive().max(1).default(0.99).describe("Factor per round"),
		})
		.describe("Falls by a factor in every round"),
	z
		.strictObject({
			schedule: z.literal("cosine"),
			initial,
			warmupRounds,
			final: z.number().min(0).default(0).describe("Learning rate in the last round"),
		})
		.describe("Half a cosine from the first round to the last"),
]);

export type ClientOptimizerOptions = z.output<typeof clientOptimizerOptions>;
export type LearningRateSchedule = z.output<typeof learningRateScheduleOptions>;

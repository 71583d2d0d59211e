import { z } from "zod";

const learningRate = (standard: number) =>
	z.number().positive().default(standard).describe("Server learning rate");
const beta1 = z.number().min(0).lt(1).default(0.9).describe("Decay of the pseudo-gradient's mean");
const beta2 = z.number().min(0).lt(1).default(0.99).describe("Decay of the pseudo-gradient's square");
const tau = z.number().positive().default(1e-3).describe("Degree of adaptivity, added to the denominator");

/** The scenario's `serverOptimizer`. */
export const serverOptimizerOptions = z.discriminatedUnion("name", [
	z
		.strictObject({
			name: z.literal("sgd"),
			learningRate: learningRate(1),
			momentum: z.number().min(0).lt(1).default(0).describe("Server momentum (FedAvgM, Hsu et al., 2019)"),
			nesterov: z.boolean().default(false).describe("Look ahead along the momentum"),
		})
		.describe("Adds the mean client delta; learning rate 1 without momentum is plain FedAvg"),
	z.strictObject({ name: z.literal("adagrad"), learningRate: learningRate(0.1), tau }).describe("FedAdagrad"),
	z
		.strictObject({ name: z.literal("adam"), learningRate: learningRate(0.1), beta1, beta2, tau })
		.describe("FedAdam"),
	z
		.strictObject({ name: z.literal("yogi"), learningRate: learningRate(0.01), beta1, beta2, tau })
		.describe("FedYogi"),
]);

export type ServerOptimizerOptions = z.output<typeof serverOptimizerOptions>;

import { z } from "zod";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import { glorotUniform } from "../layers/initial-values.ts";
import type { ModelDefinition } from "./model-definition.ts";

export const softmaxOptions = z
	.strictObject({ name: z.literal("softmax") })
	.describe("Multinomial logistic regression: one dense layer on the flattened features");

/** Multinomial logistic regression, convex in its parameters. Glorot uniform weights. */
export const softmax: ModelDefinition<z.output<typeof softmaxOptions>> = {
	expects: "features of any shape",
	fits: () => true,
	layers: (_, { numClasses }) => [
		flatten,
		dense("output", { units: numClasses, initializer: glorotUniform }),
	],
};

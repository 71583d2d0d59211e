import { z } from "zod";
import { activation } from "../layers/activation.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import { glorotUniform, heUniform } from "../layers/initial-values.ts";
import type { ModelDefinition } from "./model-definition.ts";

export const mlpOptions = z
	.strictObject({
		name: z.literal("mlp"),
		hidden: z
			.array(z.int().min(1))
			.min(1)
			.default([200, 200])
			.describe("Units of each hidden layer, first to last"),
	})
	.describe("Multilayer perceptron with ReLU on the flattened features");

/**
 * Multilayer perceptron with ReLU; the default is the 2NN of McMahan et al. (2017), section 3. He uniform
 * hidden weights, Glorot uniform output weights.
 */
export const mlp: ModelDefinition<z.output<typeof mlpOptions>> = {
	expects: "features of any shape",
	fits: () => true,
	layers: ({ hidden }, { numClasses }) => [
		flatten,
		...hidden.flatMap((units, index) => [
			dense(`hidden${index + 1}`, { units, initializer: heUniform }),
			activation("relu"),
		]),
		dense("output", { units: numClasses, initializer: glorotUniform }),
	],
};

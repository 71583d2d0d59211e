import { z } from "zod";
import { activatedPool } from "../layers/activated-pool.ts";
import { activation, activationNames } from "../layers/activation.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import { glorotUniform, heUniform } from "../layers/initial-values.ts";
import { isImage, type ModelDefinition } from "./model-definition.ts";

export const lenet5Options = z
	.strictObject({
		name: z.literal("lenet5"),
		activation: z.enum(activationNames).default("relu").describe("Non-linearity after each hidden layer"),
		pooling: z
			.enum(["max", "average"])
			.default("max")
			.describe("What a pooling layer takes of each 2 x 2 window"),
	})
	.describe("LeNet-5: two 5 x 5 convolutions with pooling, then three dense layers");

/**
 * LeNet-5 (LeCun et al., 1998) as it is used today: every feature map sees all maps below, softmax output.
 * 61,706 parameters on 28 x 28 x 1 with 10 classes. Hidden weights He uniform for ReLU and Glorot uniform
 * for tanh, output weights Glorot uniform.
 */
export const lenet5: ModelDefinition<z.output<typeof lenet5Options>> = {
	expects: "an image [height, width, channels] of at least 12 x 12 pixels",
	fits: (featureShape) => isImage(featureShape, 12),
	layers: (options, { numClasses }) => {
		const initializer = options.activation === "relu" ? heUniform : glorotUniform;
		return [
			conv2d("conv1", { filters: 6, size: 5, padding: "same", initializer }),
			...activatedPool(options.activation, options.pooling),
			conv2d("conv2", { filters: 16, size: 5, padding: "valid", initializer }),
			...activatedPool(options.activation, options.pooling),
			flatten,
			dense("dense1", { units: 120, initializer }),
			activation(options.activation),
			dense("dense2", { units: 84, initializer }),
			activation(options.activation),
			dense("output", { units: numClasses, initializer: glorotUniform }),
		];
	},
};

import { z } from "zod";
import { activatedPool } from "../layers/activated-pool.ts";
import { activation } from "../layers/activation.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import { glorotUniform, heUniform } from "../layers/initial-values.ts";
import { isImage, type ModelDefinition } from "./model-definition.ts";

export const mcmahanCnnOptions = z
	.strictObject({ name: z.literal("mcmahan-cnn") })
	.describe("The convolutional network of the FedAvg paper: 5 x 5 convolutions of 32 and 64, dense 512");

/**
 * The CNN of McMahan et al. (2017), section 3: 1,663,370 parameters on 28 x 28 x 1 with 10 classes. Hidden
 * weights He uniform, output weights Glorot uniform.
 */
export const mcmahanCnn: ModelDefinition<z.output<typeof mcmahanCnnOptions>> = {
	expects: "an image [height, width, channels] of at least 4 x 4 pixels",
	fits: (featureShape) => isImage(featureShape, 4),
	layers: (_, { numClasses }) => [
		conv2d("conv1", { filters: 32, size: 5, padding: "same", initializer: heUniform }),
		...activatedPool("relu", "max"),
		conv2d("conv2", { filters: 64, size: 5, padding: "same", initializer: heUniform }),
		...activatedPool("relu", "max"),
		flatten,
		dense("dense1", { units: 512, initializer: heUniform }),
		activation("relu"),
		dense("output", { units: numClasses, initializer: glorotUniform }),
	],
};

import { z } from "zod";
import { lenet5, lenet5Options } from "./lenet5.ts";
import { mcmahanCnn, mcmahanCnnOptions } from "./mcmahan-cnn.ts";
import { mlp, mlpOptions } from "./mlp.ts";
import type { ModelDefinition } from "./model-definition.ts";
import { resnet8, resnet8Options } from "./resnet8.ts";
import { softmax, softmaxOptions } from "./softmax.ts";
import { transformer, transformerOptions } from "./transformer.ts";

/** The scenario's `model` section. */
export const modelOptions = z.discriminatedUnion("name", [
	softmaxOptions,
	mlpOptions,
	lenet5Options,
	mcmahanCnnOptions,
	resnet8Options,
	transformerOptions,
]);

export type ModelOptions = z.output<typeof modelOptions>;

/** Every built-in model by the name that a scenario uses. */
export const models: Readonly<Record<ModelOptions["name"], ModelDefinition<ModelOptions>>> = {
	softmax,
	mlp,
	lenet5,
	"mcmahan-cnn": mcmahanCnn,
	resnet8,
	transformer,
};

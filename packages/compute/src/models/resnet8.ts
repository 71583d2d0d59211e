import { z } from "zod";
import { activation } from "../layers/activation.ts";
import { batchNorm } from "../layers/batch-norm.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { groupNorm } from "../layers/group-norm.ts";
import { glorotUniform, heUniform } from "../layers/initial-values.ts";
import type { LayerMaker } from "../layers/layer.ts";
import { globalAveragePool } from "../layers/pool.ts";
import { residual } from "../layers/residual.ts";
import { isImage, type ModelDefinition } from "./model-definition.ts";

export const resnet8Options = z
	.strictObject({
		name: z.literal("resnet8"),
		norm: z
			.enum(["group", "batch"])
			.default("group")
			.describe("Normalisation; batch statistics suffer where clients hold skewed or few examples"),
		groups: z.literal([1, 2, 4, 8, 16]).default(8).describe("Channel groups of `norm: group`"),
	})
	.describe("Residual network with a 3 x 3 stem and three blocks of 16, 32 and 64 channels");

type Resnet8Options = z.output<typeof resnet8Options>;

/**
 * Residual network in the manner of He et al. (2016), section 4.2, with one basic block in each of three
 * stages; shortcuts that change the shape are 1 x 1 convolutions. Convolutions have He uniform weights and
 * no bias, the output layer Glorot uniform weights.
 */
export const resnet8: ModelDefinition<Resnet8Options> = {
	expects: "an image [height, width, channels] of at least 4 x 4 pixels",
	fits: (featureShape) => isImage(featureShape, 4),
	layers: (options, { numClasses }) => [
		...normalizedConvolution("stem", options, { filters: 16, size: 3, stride: 1 }),
		activation("relu"),
		...basicBlock("stage1", options, { inputs: 16, filters: 16, stride: 1 }),
		...basicBlock("stage2", options, { inputs: 16, filters: 32, stride: 2 }),
		...basicBlock("stage3", options, { inputs: 32, filters: 64, stride: 2 }),
		globalAveragePool,
		dense("output", { units: numClasses, initializer: glorotUniform }),
	],
};

function basicBlock(
	name: string,
	options: Resnet8Options,
	{ inputs, filters, stride }: { readonly inputs: number; readonly filters: number; readonly stride: number },
): LayerMaker[] {
	const keepsShape = inputs === filters && stride === 1;
	const block = residual(
		[
			...normalizedConvolution(`${name}.1`, options, { filters, size: 3, stride }),
			activation("relu"),
			...normalizedConvolution(`${name}.2`, options, { filters, size: 3, stride: 1 }),
		],
		keepsShape ? [] : normalizedConvolution(`${name}.shortcut`, options, { filters, size: 1, stride }),
	);
	return [block, activation("relu")];
}

function normalizedConvolution(
	name: string,
	{ norm, groups }: Resnet8Options,
	shape: { readonly filters: number; readonly size: number; readonly stride: number },
): LayerMaker[] {
	return [
		conv2d(`${name}.conv`, { ...shape, padding: "same", bias: false, initializer: heUniform }),
		norm === "group" ? groupNorm(`${name}.norm`, groups) : batchNorm(`${name}.norm`),
	];
}

import { z } from "zod";
import { activation } from "../layers/activation.ts";
import { causalAttention } from "../layers/attention.ts";
import { dense } from "../layers/dense.ts";
import { glorotUniform, heUniform } from "../layers/initial-values.ts";
import { layerNorm } from "../layers/layer-norm.ts";
import { addPositions, lastPosition } from "../layers/positions.ts";
import { residual } from "../layers/residual.ts";
import { tokenDense } from "../layers/token-dense.ts";
import type { ModelDefinition } from "./model-definition.ts";

export const transformerOptions = z
	.strictObject({
		name: z.literal("transformer"),
		width: z.int().min(2).default(128).describe("Channels of a position; `heads` must divide it"),
		blocks: z.int().min(1).default(5).describe("Blocks of attention and a perceptron"),
		heads: z.int().min(1).default(4).describe("Heads of each attention"),
	})
	.refine(({ width, heads }) => width % heads === 0, {
		message: "`heads` must divide `width`",
		path: ["heads"],
	})
	.describe("Decoder-only transformer that predicts what follows a window of tokens");

/**
 * Decoder-only transformer (Vaswani et al., 2017, section 3, without an encoder) with the normalisation before each sublayer
 * and a trained embedding of positions: from a window of one-hot tokens to the logits of the next one. ReLU perceptrons
 * four times as wide as a position. Only the last position is read, so the last block computes no other.
 */
export const transformer: ModelDefinition<z.output<typeof transformerOptions>> = {
	expects: "a window of one-hot tokens [window, vocabulary]",
	fits: (featureShape) => featureShape.length === 2,
	layers: ({ width, blocks, heads }, { numClasses }) => [
		tokenDense("embedding", { units: width, initializer: glorotUniform }),
		addPositions("positions"),
		...Array.from({ length: blocks }, (_, index) => {
			const name = `block${index + 1}`;
			const isLast = index === blocks - 1;
			const linear = isLast ? dense : tokenDense;
			return [
				residual(
					[
						layerNorm(`${name}.norm1`),
						causalAttention(`${name}.attention`, { heads, asking: isLast ? "last" : "all" }),
					],
					isLast ? [lastPosition] : [],
				),
				residual(
					[
						layerNorm(`${name}.norm2`),
						linear(`${name}.expand`, { units: 4 * width, initializer: heUniform }),
						activation("relu"),
						linear(`${name}.contract`, { units: width, initializer: glorotUniform }),
					],
					[],
				),
			];
		}).flat(),
		layerNorm("norm"),
		dense("output", { units: numClasses, initializer: glorotUniform }),
	],
};

import type { Tensor } from "@tensorflow/tfjs";
import { affineProduct } from "./affine-product.ts";
import { type WeightInitializer, zeroValues } from "./initial-values.ts";
import type { LayerMaker } from "./layer.ts";

export interface DenseOptions {
	readonly units: number;
	readonly initializer: WeightInitializer;
}

/** x W + b, with W `[inputs, units]` and b `[units]`; takes and returns rows. */
export function dense(name: string, { units, initializer }: DenseOptions): LayerMaker {
	return ([inputs = 1]) => ({
		parts: [
			{
				name: `${name}.weight`,
				layer: name,
				kind: "weight",
				shape: [inputs, units],
				initial: initializer(inputs, units),
			},
			{ name: `${name}.bias`, layer: name, kind: "bias", shape: [units], initial: zeroValues },
		],
		outputShape: [units],
		multiplyAdds: inputs * units,
		forward: ({ tf, part }, x): Tensor =>
			affineProduct(tf, { x, weight: part(`${name}.weight`), bias: part(`${name}.bias`) }),
	});
}

import type { LayerMaker } from "./layer.ts";

/** Elementwise non-linearities by name. */
export const activationNames = ["relu", "tanh"] as const;
export type ActivationName = (typeof activationNames)[number];

/** max(x, 0) or tanh(x), element by element. */
export function activation(name: ActivationName): LayerMaker {
	return (inputShape) => ({
		parts: [],
		outputShape: inputShape,
		multiplyAdds: 0,
		forward: ({ tf }, x) => (name === "relu" ? tf.relu(x) : tf.tanh(x)),
	});
}

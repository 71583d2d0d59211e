import type { LayerMaker } from "./layer.ts";
import { sequence } from "./sequence.ts";

/**
 * Adds the output of `body` to the input (He et al., 2016), or to the output of `shortcut` where the body
 * changes the shape. An empty shortcut is the identity.
 */
export function residual(body: readonly LayerMaker[], shortcut: readonly LayerMaker[]): LayerMaker {
	return (inputShape) => {
		const main = sequence(body)(inputShape);
		const side = sequence(shortcut)(inputShape);
		return {
			parts: [...main.parts, ...side.parts],
			outputShape: main.outputShape,
			multiplyAdds: main.multiplyAdds + side.multiplyAdds,
			forward: (pass, x) => pass.tf.add(main.forward(pass, x), side.forward(pass, x)),
		};
	};
}

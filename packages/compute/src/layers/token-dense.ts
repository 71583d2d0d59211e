import { type DenseOptions, dense } from "./dense.ts";
import type { LayerMaker } from "./layer.ts";

/** A dense layer on each position: `[positions, inputs]` to `[positions, units]`. */
export function tokenDense(name: string, options: DenseOptions): LayerMaker {
	return ([positions = 1, inputs = 1]) => {
		const rows = dense(name, options)([inputs]);
		return {
			parts: rows.parts,
			outputShape: [positions, options.units],
			multiplyAdds: positions * rows.multiplyAdds,
			forward: (pass, x) => {
				const { tf } = pass;
				const examples = x.size / (positions * inputs);
				const y = rows.forward(pass, tf.reshape(x, [examples * positions, inputs]));
				return tf.reshape(y, [examples, positions, options.units]);
			},
		};
	};
}

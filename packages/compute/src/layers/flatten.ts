import type { LayerMaker } from "./layer.ts";

/** Lays the values of an example out in one row, `[size]`. */
export const flatten: LayerMaker = (inputShape) => {
	const size = inputShape.reduce((product, extent) => product * extent, 1);
	return {
		parts: [],
		outputShape: [size],
		multiplyAdds: 0,
		forward: ({ tf }, x) => (x.rank === 2 ? x : tf.reshape(x, [x.size / size, size])),
	};
};

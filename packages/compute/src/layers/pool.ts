import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import { imageExtents, type LayerMaker } from "./layer.ts";

/** The maximum or the average of each `size` x `size` window; windows do not overlap, a rest at the edge is left out. */
export function pool(kind: "max" | "average", size: number): LayerMaker {
	return (inputShape) => {
		const { height, width, channels } = imageExtents(inputShape);
		return {
			parts: [],
			outputShape: [Math.floor(height / size), Math.floor(width / size), channels],
			multiplyAdds: 0,
			forward: ({ tf }, x) => {
				const images = x as Tensor4D;
				return kind === "max"
					? tf.maxPool(images, size, size, "valid")
					: tf.avgPool(images, size, size, "valid");
			},
		};
	};
}

/** The average of each channel over the image: `[height, width, channels]` to `[channels]`. */
export const globalAveragePool: LayerMaker = (inputShape) => ({
	parts: [],
	outputShape: [imageExtents(inputShape).channels],
	multiplyAdds: 0,
	forward: ({ tf }, x) => meanOverImage(tf, x),
});

/** The gradient that TensorFlow.js has for a mean divides every copy of a slope; this one divides the slopes. */
function meanOverImage(tf: TensorFlowJs, x: Tensor): Tensor {
	const [examples = 1, height = 1, width = 1, channels = 1] = x.shape;
	const withGradient = tf.customGrad((input) => ({
		value: tf.mean(input as Tensor, [1, 2]),
		gradFunc: (dy) => {
			const shares = tf.reshape(tf.div(dy, height * width), [examples, 1, 1, channels]);
			return tf.mul(shares, tf.ones(x.shape));
		},
	}));
	return withGradient(x);
}

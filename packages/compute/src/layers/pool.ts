import type { Tensor4D } from "@tensorflow/tfjs";
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
	forward: ({ tf }, x) => tf.mean(x, [1, 2]),
});

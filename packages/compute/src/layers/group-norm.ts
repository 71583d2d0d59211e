import { imageExtents, type LayerMaker } from "./layer.ts";
import { scaleAndShift } from "./scale-and-shift.ts";
import { standardize } from "./standardize.ts";

/**
 * Normalises each example over the image and over groups of neighbouring channels (Wu and He, 2018). Knows
 * nothing of the batch, which suits clients with few or skewed examples. `groups` divides the channels.
 */
export function groupNorm(name: string, groups: number): LayerMaker {
	return (inputShape) => {
		const { height, width, channels } = imageExtents(inputShape);
		const perGroup = channels / groups;
		const positions = height * width;
		const { parts, scaleName, shiftName } = scaleAndShift(name, channels);
		// Entry (i, j) is the weight of channel i in the mean of channel j's group.
		const weights = Float32Array.from({ length: channels * channels }, (_, index) => {
			const [row, column] = [Math.floor(index / channels), index % channels];
			return Math.floor(row / perGroup) === Math.floor(column / perGroup) ? 1 / (perGroup * positions) : 0;
		});
		return {
			parts,
			outputShape: inputShape,
			multiplyAdds: 0,
			forward: ({ tf, part }, x) => {
				const examples = x.size / (positions * channels);
				const rows = standardize(tf, {
					x: tf.reshape(x, [examples, positions, channels]),
					scale: part(scaleName),
					shift: part(shiftName),
					meanOf: (sums) => {
						const rows = tf.reshape(sums, [examples, channels]);
						const means = tf.matMul(rows, tf.tensor(weights, [channels, channels]));
						return tf.reshape(means, [examples, 1, channels]);
					},
				});
				return tf.reshape(rows, x.shape);
			},
		};
	};
}

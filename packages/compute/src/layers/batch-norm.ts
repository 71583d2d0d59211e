import type { Tensor } from "@tensorflow/tfjs";
import { oneValues, zeroValues } from "./initial-values.ts";
import { type ForwardPass, imageExtents, type LayerMaker, type LayerPart } from "./layer.ts";
import { scaleAndShift } from "./scale-and-shift.ts";
import { epsilon, standardize } from "./standardize.ts";

/** Share of the old running statistics that a training step keeps. */
const momentum = 0.9;

/**
 * Normalises each channel over the batch and the image (Ioffe and Szegedy, 2015). Evaluation uses running
 * statistics, which each training step moves a tenth of the way to those of its batch; the variance is
 * stored without bias, that is times m / (m - 1) for m values.
 */
export function batchNorm(name: string): LayerMaker {
	return (inputShape) => {
		const { channels } = imageExtents(inputShape);
		const { parts, scaleName, shiftName } = scaleAndShift(name, channels);
		const meanName = `${name}.mean`;
		const varianceName = `${name}.variance`;
		const buffers: LayerPart[] = [
			{ name: meanName, layer: name, kind: "buffer", shape: [channels], initial: zeroValues },
			{ name: varianceName, layer: name, kind: "buffer", shape: [channels], initial: oneValues },
		];

		function train(pass: ForwardPass, x: Tensor): Tensor {
			const { tf, part } = pass;
			const count = x.size / channels;
			const move = (bufferName: string, statistic: Tensor) => {
				const row = tf.reshape(statistic, [channels]);
				const moved = tf.add(tf.mul(part(bufferName), momentum), tf.mul(row, 1 - momentum));
				pass.updateBuffer(bufferName, moved);
			};
			const rows = standardize(tf, {
				x: tf.reshape(x, [1, count, channels]),
				scale: part(scaleName),
				shift: part(shiftName),
				meanOf: (sums) => tf.div(sums, count),
				onStatistics: (mean, variance) => {
					move(meanName, mean);
					move(varianceName, tf.mul(variance, count / Math.max(1, count - 1)));
				},
			});
			return tf.reshape(rows, x.shape);
		}

		function evaluate({ tf, part }: ForwardPass, x: Tensor): Tensor {
			const steepness = tf.mul(part(scaleName), tf.rsqrt(tf.add(part(varianceName), epsilon)));
			const offset = tf.sub(part(shiftName), tf.mul(part(meanName), steepness));
			return tf.add(tf.mul(x, steepness), offset);
		}

		return {
			parts: [...parts, ...buffers],
			outputShape: inputShape,
			multiplyAdds: 0,
			forward: (pass, x) => (pass.training ? train(pass, x) : evaluate(pass, x)),
		};
	};
}

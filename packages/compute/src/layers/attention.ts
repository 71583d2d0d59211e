import type { Tensor } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import { glorotUniform } from "./initial-values.ts";
import type { LayerMaker } from "./layer.ts";
import { lastPosition } from "./positions.ts";
import { tokenDense } from "./token-dense.ts";
import { kernelOr } from "./traced-kernel.ts";

// Kernels of our own; see `kernelOr`.
export const causalSoftmaxKernel = "FlSimCausalSoftmax";
export const softmaxGradientKernel = "FlSimSoftmaxGradient";

export interface AttentionOptions {
	/** They divide the channels. */
	readonly heads: number;
	/** The positions whose results are computed. */
	readonly asking: "all" | "last";
}

/**
 * Multi-head self-attention (Vaswani et al., 2017, section 3.2), in which a position sees itself and those before it:
 * `[positions, channels]` to the same, or to `[channels]` of the last position.
 */
export function causalAttention(name: string, { heads, asking }: AttentionOptions): LayerMaker {
	return (inputShape) => {
		const [positions = 1, channels = 1] = inputShape;
		const numAsking = asking === "all" ? positions : 1;
		const project = (part: string, rows: number) =>
			tokenDense(`${name}.${part}`, { units: channels, initializer: glorotUniform })([rows, channels]);
		const query = project("query", numAsking);
		const key = project("key", positions);
		const value = project("value", positions);
		const output = project("output", numAsking);
		const projections = [query, key, value, output];
		const headSize = channels / heads;
		const chosen = lastPosition(inputShape);
		return {
			parts: projections.flatMap(({ parts }) => parts),
			outputShape: asking === "all" ? inputShape : chosen.outputShape,
			multiplyAdds:
				projections.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0) +
				2 * numAsking * positions * channels,
			forward: (pass, x) => {
				const { tf } = pass;
				const examples = x.size / (positions * channels);
				const split = (y: Tensor) => {
					const rows = y.size / (examples * channels);
					const byHead = tf.transpose(tf.reshape(y, [examples, rows, heads, headSize]), [0, 2, 1, 3]);
					return tf.reshape(byHead, [examples * heads, rows, headSize]);
				};
				const asked = asking === "all" ? x : chosen.forward(pass, x);
				const queries = split(tf.mul(query.forward(pass, asked), 1 / Math.sqrt(headSize)));
				const scores = tf.matMul(queries, split(key.forward(pass, x)), false, true);
				const seen = tf.matMul(causalSoftmax(tf, scores), split(value.forward(pass, x)));
				const byHead = tf.reshape(seen, [examples, heads, numAsking, headSize]);
				const joined = tf.reshape(tf.transpose(byHead, [0, 2, 1, 3]), [examples, numAsking, channels]);
				const result = output.forward(pass, joined);
				return asking === "all" ? result : tf.reshape(result, [examples, channels]);
			},
		};
	};
}

/**
 * Softmax of scores `[batch, asking, positions]`, where the last positions ask, over the positions up to the asking
 * one; the others get 0.
 */
function causalSoftmax(tf: TensorFlowJs, scores: Tensor): Tensor {
	const withGradient = tf.customGrad((...inputs) => {
		const [scores, save] = inputs as [Tensor, (tensors: Tensor[]) => void];
		const y = kernelOr(tf, causalSoftmaxKernel, { x: scores }, () =>
			tf.softmax(tf.add(scores, futureMask(tf, scores.shape.slice(-2)))),
		);
		save([y]);
		return {
			value: y,
			gradFunc: (dy, saved) => {
				const [y] = saved as [Tensor];
				return kernelOr(tf, softmaxGradientKernel, { y, dy }, () =>
					tf.mul(y, tf.sub(dy, tf.sum(tf.mul(y, dy), -1, true))),
				);
			},
		};
	});
	return withGradient(scores);
}

/** What makes the scores of later positions vanish, `[asking, positions]`. */
function futureMask(tf: TensorFlowJs, [asking = 1, positions = 1]: readonly number[]): Tensor {
	const firstAsking = positions - asking;
	const values = Float32Array.from({ length: asking * positions }, (_, index) =>
		index % positions > firstAsking + Math.floor(index / positions) ? -1e9 : 0,
	);
	return tf.tensor(values, [asking, positions]);
}

import type { Tensor } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import { glorotUniform } from "./initial-values.ts";
import type { LayerMaker } from "./layer.ts";
import { tokenDense } from "./token-dense.ts";
import { kernelOr } from "./traced-kernel.ts";

// Kernels of our own; see `kernelOr`.
export const causalSoftmaxKernel = "FlSimCausalSoftmax";
export const softmaxGradientKernel = "FlSimSoftmaxGradient";

/**
 * Multi-head self-attention (Vaswani et al., 2017, section 3.2), in which a position sees itself and those before it:
 * `[positions, channels]` to the same. `heads` divides the channels.
 */
export function causalAttention(name: string, heads: number): LayerMaker {
	return (inputShape) => {
		const [positions = 1, channels = 1] = inputShape;
		const project = (part: string) =>
			tokenDense(`${name}.${part}`, { units: channels, initializer: glorotUniform })(inputShape);
		const query = project("query");
		const key = project("key");
		const value = project("value");
		const output = project("output");
		const projections = [query, key, value, output];
		const headSize = channels / heads;
		return {
			parts: projections.flatMap(({ parts }) => parts),
			outputShape: inputShape,
			multiplyAdds:
				projections.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0) + 2 * positions ** 2 * channels,
			forward: (pass, x) => {
				const { tf } = pass;
				const examples = x.size / (positions * channels);
				const split = (y: Tensor) => {
					const byHead = tf.transpose(tf.reshape(y, [examples, positions, heads, headSize]), [0, 2, 1, 3]);
					return tf.reshape(byHead, [examples * heads, positions, headSize]);
				};
				const queries = split(tf.mul(query.forward(pass, x), 1 / Math.sqrt(headSize)));
				const scores = tf.matMul(queries, split(key.forward(pass, x)), false, true);
				const seen = tf.matMul(causalSoftmax(tf, scores), split(value.forward(pass, x)));
				const byHead = tf.reshape(seen, [examples, heads, positions, headSize]);
				const joined = tf.reshape(tf.transpose(byHead, [0, 2, 1, 3]), [examples, positions, channels]);
				return output.forward(pass, joined);
			},
		};
	};
}

/** Softmax of scores `[batch, positions, positions]` over the positions up to a row's own; the others get 0. */
function causalSoftmax(tf: TensorFlowJs, scores: Tensor): Tensor {
	const withGradient = tf.customGrad((...inputs) => {
		const [scores, save] = inputs as unknown as [Tensor, (tensors: Tensor[]) => void];
		const y = kernelOr(tf, causalSoftmaxKernel, { x: scores }, () =>
			tf.softmax(tf.add(scores, futureMask(tf, scores.shape.at(-1) ?? 1))),
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

/** What makes the scores of later positions vanish, `[positions, positions]`. */
function futureMask(tf: TensorFlowJs, positions: number): Tensor {
	const values = Float32Array.from({ length: positions ** 2 }, (_, index) =>
		index % positions > Math.floor(index / positions) ? -1e9 : 0,
	);
	return tf.tensor(values, [positions, positions]);
}

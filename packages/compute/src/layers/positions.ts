import type { LayerMaker, LayerPart } from "./layer.ts";

/** Adds a trained vector for each position, `[positions, channels]`, as GPT does (Radford et al., 2018, section 3.1). */
export function addPositions(name: string): LayerMaker {
	return (inputShape) => {
		const part: LayerPart = {
			name: `${name}.weight`,
			layer: name,
			kind: "weight",
			shape: inputShape,
			// Standard deviation 0.02.
			initial: { kind: "uniform", limit: 0.02 * Math.sqrt(3) },
		};
		return {
			parts: [part],
			outputShape: inputShape,
			multiplyAdds: 0,
			forward: (pass, x) => pass.tf.add(x, pass.part(part.name)),
		};
	};
}

/** The vector of the last position: `[positions, channels]` to `[channels]`. */
export const lastPosition: LayerMaker = ([positions = 1, channels = 1]) => ({
	parts: [],
	outputShape: [channels],
	multiplyAdds: 0,
	forward: ({ tf }, x) => {
		const examples = x.size / (positions * channels);
		const choice = tf.tensor(
			Float32Array.from({ length: positions }, (_, position) => (position === positions - 1 ? 1 : 0)),
			[1, 1, positions],
		);
		const last = tf.matMul(choice, tf.reshape(x, [examples, positions, channels]));
		return tf.reshape(last, [examples, channels]);
	},
});

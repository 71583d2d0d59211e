import { type Batch, type LayoutPart, partOf, type Vector } from "@fl-sim/core";
import type { Tensor } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import type { ForwardPass } from "../layers/layer.ts";
import type { Network } from "../models/build-network.ts";
import { tensorValues } from "./tensor-values.ts";

/** A model's layers with the library that computes them. */
export interface RunnableNetwork extends Network {
	readonly tf: TensorFlowJs;
	/** Shape of one example. */
	readonly featureShape: readonly number[];
}

/** The tensors of one pass: parameters by name and the features. */
export interface PassTensors {
	readonly parts: ReadonlyMap<string, Tensor>;
	readonly features: Tensor;
}

/** Copies parameters and features to the backend; the caller's `tf.tidy` disposes of them. */
export function uploadTensors(
	{ tf, layout, featureShape }: RunnableNetwork,
	params: Vector,
	batch: Batch,
): PassTensors {
	return {
		parts: new Map(
			layout.parts.map((part) => [part.name, tf.tensor(partOf(params, part), [...part.shape], "float32")]),
		),
		features: tf.tensor(batch.features, [batch.size, ...featureShape], "float32"),
	};
}

/** New values for a `buffer` part, `[size]`. */
export interface BufferUpdate {
	readonly part: LayoutPart;
	readonly values: Float32Array;
}

/** Logits `[n, classes]`. With `bufferUpdates` this is a training pass, which appends to them. */
export function computeLogits(
	{ tf, layers, layout }: RunnableNetwork,
	{ parts, features }: PassTensors,
	bufferUpdates?: BufferUpdate[],
): Tensor {
	const pass: ForwardPass = {
		tf,
		training: bufferUpdates !== undefined,
		part: (name) => {
			const tensor = parts.get(name);
			if (tensor === undefined) throw new RangeError(`no part is named ${name}`);
			return tensor;
		},
		updateBuffer: (name, values) => {
			const part = layout.parts.find((candidate) => candidate.name === name);
			if (part === undefined) throw new RangeError(`no part is named ${name}`);
			bufferUpdates?.push({ part, values: tensorValues(tf, values).slice() });
		},
	};
	return layers.forward(pass, features);
}

import type { PartKind } from "@fl-sim/core";
import type { Tensor } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import type { InitialValues } from "./initial-values.ts";

/** A tensor that a layer keeps in the parameter vector. */
export interface LayerPart {
	/** Full dotted path: `conv1.weight`. */
	readonly name: string;
	/** The layer it belongs to: `conv1`. */
	readonly layer: string;
	readonly kind: PartKind;
	readonly shape: readonly number[];
	readonly initial: InitialValues;
}

/** What a forward pass offers to the layers. Every tensor made during a pass is disposed of at its end. */
export interface ForwardPass {
	readonly tf: TensorFlowJs;
	/** Whether a gradient follows: batch normalisation then uses the statistics of the batch. */
	readonly training: boolean;
	/** The values of a part. */
	readonly part: (name: string) => Tensor;
	/** Hands over the next values of a `buffer` part, stored when the training step has succeeded. */
	readonly updateBuffer: (name: string, values: Tensor) => void;
}

/**
 * A step of a model. Shapes leave out the batch dimension. `forward` takes `[n, ...inputShape]` and returns
 * `[n, ...outputShape]`; it is the only member that needs TensorFlow.js, which it is given.
 */
export interface Layer {
	readonly parts: readonly LayerPart[];
	readonly outputShape: readonly number[];
	/** Multiply-adds of matrix products and convolutions, per example. */
	readonly multiplyAdds: number;
	forward(pass: ForwardPass, x: Tensor): Tensor;
}

/** A layer before its input shape is known. */
export type LayerMaker = (inputShape: readonly number[]) => Layer;

/** The extents of an image shape. */
export function imageExtents(shape: readonly number[]): {
	readonly height: number;
	readonly width: number;
	readonly channels: number;
} {
	const [height = 1, width = 1, channels = 1] = shape;
	return { height, width, channels };
}

/** Where the values of a traced tensor come from. */
export type ValueOrigin =
	| { readonly kind: "part"; readonly name: string }
	| { readonly kind: "features" }
	/** The gradient of the loss by the logits. */
	| { readonly kind: "slopes" }
	| { readonly kind: "constant"; readonly values: Float32Array }
	| { readonly kind: "node" };

/** Values that exist once, however many tensors of other shapes show them. */
export interface TracedValue {
	/** Number of float32 scalars. */
	readonly size: number;
	readonly origin: ValueOrigin;
}

/** A value in a shape. */
export interface TracedTensor {
	readonly value: TracedValue;
	readonly shape: readonly number[];
}

/** One call of a TensorFlow.js kernel. */
export interface TracedNode {
	readonly kernel: string;
	readonly inputs: Readonly<Record<string, TracedTensor>>;
	readonly attributes: Readonly<Record<string, unknown>>;
	readonly output: TracedTensor;
}

/** What a training pass computes, for one batch size. */
export interface TracedStep {
	/** In the order of computation. */
	readonly nodes: readonly TracedNode[];
	/** Number of nodes that come before the loss. */
	readonly forwardNodes: number;
	/** `[n, classes]` */
	readonly logits: TracedTensor;
	/** `[n, classes]`, written between the forward and the backward nodes. */
	readonly slopes: TracedValue;
	/** By name of the part. */
	readonly gradients: ReadonlyMap<string, TracedTensor>;
	/** Next values of `buffer` parts, by name. */
	readonly bufferUpdates: ReadonlyMap<string, TracedTensor>;
}

/** The input of that name; throws when the kernel was called without it. */
export function inputOf({ kernel, inputs }: TracedNode, name: string): TracedTensor {
	const tensor = inputs[name];
	if (tensor === undefined) throw new RangeError(`${kernel} was called without ${name}`);
	return tensor;
}

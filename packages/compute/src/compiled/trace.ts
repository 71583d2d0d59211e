import type { Tensor } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import type { ForwardPass } from "../layers/layer.ts";
import type { Network } from "../models/build-network.ts";
import { symbolicBackend, symbolicBackendName } from "./symbolic-backend.ts";
import type { TracedNode, TracedStep, TracedTensor } from "./traced-graph.ts";

/** What is traced: a network on batches of one size. */
export interface TraceRequest {
	readonly network: Network;
	/** Shape of one example. */
	readonly featureShape: readonly number[];
	readonly batchSize: number;
}

/**
 * Runs a training pass without values and returns what it would compute. TensorFlow.js finds the gradient as it
 * always does; its kernels only write down that they were called. Throws `NotLowered` at the first kernel that a
 * compiled step does not know.
 */
export function traceTraining(tf: TensorFlowJs, request: TraceRequest): TracedStep {
	return onSymbolicBackend(tf, () => {
		const backend = symbolicBackend(tf);
		const { parts, pass, bufferUpdates } = symbolicPass(tf, request, true);
		const trainable = request.network.layout.parts.filter(({ kind }) => kind !== "buffer");
		let forward: { logits: TracedTensor; slopes: Tensor; nodes: number } | undefined;
		const loss = tf.customGrad((input) => {
			const logits = input as Tensor;
			const slopes = backend.input({ kind: "slopes" }, logits.shape);
			forward = { logits: backend.tensor(logits), slopes, nodes: backend.nodes.length };
			// The loss is the root of the graph: the gradient that comes from above is 1.
			return { value: tf.scalar(0), gradFunc: () => slopes };
		});
		const { grads } = tf.valueAndGrads(() => loss(pass()))(
			trainable.map(({ name }) => parts.get(name) as Tensor),
		);
		if (forward === undefined) throw new Error("the loss was not computed");
		return {
			nodes: [...backend.nodes],
			forwardNodes: forward.nodes,
			logits: forward.logits,
			slopes: backend.tensor(forward.slopes).value,
			gradients: new Map(
				trainable.map(({ name }, index) => [name, backend.tensor(grads[index] as Tensor)] as const),
			),
			bufferUpdates,
		};
	});
}

/** A forward pass as it is done to evaluate. */
export interface TracedEvaluation {
	readonly nodes: readonly TracedNode[];
	readonly logits: TracedTensor;
}

/** The same for the forward pass of an evaluation. */
export function traceEvaluation(tf: TensorFlowJs, request: TraceRequest): TracedEvaluation {
	return onSymbolicBackend(tf, () => {
		const logits = symbolicBackend(tf).tensor(symbolicPass(tf, request, false).pass());
		return { nodes: [...symbolicBackend(tf).nodes], logits };
	});
}

function symbolicPass(
	tf: TensorFlowJs,
	{ network, featureShape, batchSize }: TraceRequest,
	training: boolean,
): {
	readonly parts: ReadonlyMap<string, Tensor>;
	readonly bufferUpdates: ReadonlyMap<string, TracedTensor>;
	readonly pass: () => Tensor;
} {
	const backend = symbolicBackend(tf);
	const parts = new Map(
		network.layout.parts.map(({ name, shape }) => [name, backend.input({ kind: "part", name }, shape)]),
	);
	const features = backend.input({ kind: "features" }, [batchSize, ...featureShape]);
	const bufferUpdates = new Map<string, TracedTensor>();
	const pass: ForwardPass = {
		tf,
		training,
		part: (name) => {
			const tensor = parts.get(name);
			if (tensor === undefined) throw new RangeError(`no part is named ${name}`);
			return tensor;
		},
		updateBuffer: (name, values) => {
			bufferUpdates.set(name, backend.tensor(values));
		},
	};
	return { parts, bufferUpdates, pass: () => network.layers.forward(pass, features) };
}

/** Runs `trace` with the symbolic backend active and another one active again afterwards. */
function onSymbolicBackend<Result>(tf: TensorFlowJs, trace: () => Result): Result {
	const before = tf.getBackend();
	symbolicBackend(tf).reset();
	// A backend that starts synchronously is active at once.
	void tf.setBackend(symbolicBackendName);
	let result: Result | undefined;
	try {
		tf.tidy(() => {
			result = trace();
		});
	} finally {
		symbolicBackend(tf).reset();
		void tf.setBackend(before);
	}
	return result as Result;
}

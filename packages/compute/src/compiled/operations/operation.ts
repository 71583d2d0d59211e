import type { TensorFlowJs } from "../../backend/load-tensorflow.ts";
import type { Routine } from "../../kernels/routine.ts";
import type { NativeProducts } from "../../native/native-products.ts";
import type { TracedNode, TracedTensor } from "../traced-graph.ts";

/** A call of a kernel before its result is known. */
export type KernelCall = Omit<TracedNode, "output">;

export interface LoweringContext {
	readonly tf: TensorFlowJs;
	/** Matrix products by a native library, where there is one. */
	readonly products: NativeProducts | undefined;
}

/** A routine and the tensors that it is bound to; the result comes last and is left out. */
export interface Lowering {
	readonly routine: Routine;
	readonly operands: readonly TracedTensor[];
	/** Indices of operands in whose place the result may be written. */
	readonly inPlace?: readonly number[];
}

/** What a compiled step knows of a TensorFlow.js kernel. */
export interface Operation {
	/** Shape of the result. */
	shape(call: KernelCall, tf: TensorFlowJs): readonly number[];
	/** Throws `NotLowered` for a case that it does not cover. */
	lower(node: TracedNode, context: LoweringContext): Lowering;
}

/** A kernel, or a case of one, that a compiled step cannot compute: the model then runs on TensorFlow.js. */
export class NotLowered extends Error {
	override readonly name = "NotLowered";
}

import { type Batch, type ExampleView, gatherBatch } from "./examples.ts";
import { subtract, type Vector, zeros } from "./vector.ts";
import { plainArithmetic, type VectorArithmetic } from "./vector-arithmetic.ts";

/**
 * Where one client trains. Vectors made here lie in the memory that the model computes in, so that nothing is copied
 * between the steps; other vectors work too, with a copy at each.
 */
export interface TrainingWorkspace {
	/** A vector `[d]`: a copy of `values`, or zeros. The workspace's until it is closed. */
	vector(values?: Vector): Vector;
	/** As `gatherBatch`; the batch is valid until the next one is gathered. */
	gather(view: ExampleView, positions: Uint32Array, from: number, to: number): Batch;
	readonly arithmetic: VectorArithmetic;
	/** params - start, a new vector `[d]` that is not the workspace's, for `params` made here. */
	difference(params: Vector, start: Vector): Vector;
	/** Gives the memory back; its vectors and batches must not be used afterwards. */
	close(): void;
}

/** A workspace in JavaScript's own memory, for vectors of `size` scalars. */
export function plainWorkspace(size: number): TrainingWorkspace {
	return {
		vector: (values) => values?.slice() ?? zeros(size),
		gather: gatherBatch,
		arithmetic: plainArithmetic,
		difference: subtract,
		close: () => undefined,
	};
}

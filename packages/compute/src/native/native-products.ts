import type { Machine, Routine } from "../kernels/routine.ts";
import type { Address } from "../kernels/simd.ts";
import { encodeOnnxModel } from "./onnx-model.ts";
import type { Handle, OnnxRuntime } from "./onnx-runtime.ts";

/** C `[m, n]` = op(A) op(B), with `depth` terms in each sum. */
export interface NativeProduct {
	readonly m: number;
	readonly n: number;
	readonly depth: number;
	/** Whether A is `[depth, m]` rather than `[m, depth]`. */
	readonly transposeA: boolean;
	/** Whether B is `[depth, n]` (false) or `[n, depth]`. */
	readonly transposeB: boolean;
	/** Number of products, one after the other in memory; 1 unless given. Nothing can be added to several. */
	readonly batch?: number;
	/** What is added: one number for each column `[n]`, or what C held before. */
	readonly plus?: "bias" | "result";
}

/** Products of matrices in the memory of a machine by a native library, one after the other in this thread. */
export interface NativeProducts {
	/** Operands: a, b, the bias if there is one, and c. */
	product(product: NativeProduct): Routine;
}

interface Bound {
	readonly binding: Handle;
	readonly tensors: readonly Handle[];
}

/** Products by ONNX Runtime's general matrix product, which picks the instructions that the processor has. */
export function onnxProducts(runtime: OnnxRuntime): NativeProducts {
	const sessions = new Map<string, Handle>();
	// The library's side of a routine goes when its computation is no longer reachable.
	const unreachable = new FinalizationRegistry<Bound>(({ binding, tensors }) => {
		runtime.releaseBinding(binding);
		for (const tensor of tensors) runtime.releaseTensor(tensor);
	});

	function sessionFor({ batch = 1, transposeA, transposeB, plus }: NativeProduct): Handle {
		const key = `${batch > 1}${transposeA}${transposeB}${plus !== undefined}`;
		let session = sessions.get(key);
		if (session === undefined) {
			session = runtime.createSession(
				encodeOnnxModel({
					...(batch > 1
						? ({ operator: "FusedMatMul", domain: "com.microsoft" } as const)
						: { operator: "Gemm" }),
					inputs: plus === undefined ? ["a", "b"] : ["a", "b", "plus"],
					output: "c",
					attributes: { transA: Number(transposeA), transB: Number(transposeB) },
				}),
			);
			sessions.set(key, session);
		}
		return session;
	}

	function bind({ memory }: Machine, product: NativeProduct, operands: readonly Address[]): () => void {
		const { batch = 1, m, n, depth, transposeA, transposeB, plus } = product;
		const leading = batch > 1 ? [batch] : [];
		const session = sessionFor(product);
		const binding = runtime.createBinding(session);
		const tensors: Handle[] = [];
		const tensor = (address: Address | undefined, shape: readonly number[]) => {
			const size = shape.reduce((count, extent) => count * extent, 1);
			const made = runtime.createTensor(new Float32Array(memory.buffer, address, size), shape);
			tensors.push(made);
			return made;
		};
		const result = tensor(operands.at(-1), [...leading, m, n]);
		runtime.bindInput(
			binding,
			"a",
			tensor(operands[0], [...leading, ...(transposeA ? [depth, m] : [m, depth])]),
		);
		runtime.bindInput(
			binding,
			"b",
			tensor(operands[1], [...leading, ...(transposeB ? [n, depth] : [depth, n])]),
		);
		if (plus === "bias") runtime.bindInput(binding, "plus", tensor(operands[2], [n]));
		if (plus === "result") runtime.bindInput(binding, "plus", result);
		runtime.bindOutput(binding, "c", result);
		const run = () => runtime.run(session, binding);
		unreachable.register(run, { binding, tensors });
		return run;
	}

	return {
		product: (product) => ({
			scratch: [],
			bind: (machine, operands) => bind(machine, product, operands),
		}),
	};
}

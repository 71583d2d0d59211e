import type { DataType, KernelBackend, Tensor, TensorInfo } from "@tensorflow/tfjs";
import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import { sizeOf } from "../kernels/wasm-backend.ts";
import { NotLowered } from "./operations/operation.ts";
import { operations } from "./operations/registry.ts";
import type { TracedNode, TracedTensor, TracedValue, ValueOrigin } from "./traced-graph.ts";

/** The name under which TensorFlow.js knows it. */
export const symbolicBackendName = "fl-sim-symbolic";

type DataId = TensorInfo["dataId"];

/** A TensorFlow.js backend whose tensors have shapes and no values: it writes down which kernels are called. */
export interface SymbolicBackend {
	/** What was called since the last `reset`. */
	readonly nodes: readonly TracedNode[];
	reset(): void;
	/** A tensor whose values the caller of the step provides. */
	input(origin: ValueOrigin, shape: readonly number[]): Tensor;
	/** What is known of a tensor. */
	tensor(tensor: TensorInfo): TracedTensor;
}

const known = new WeakMap<object, SymbolicBackend>();

/** Registers the backend once for each engine, that is for each copy of TensorFlow.js. */
export function symbolicBackend(tf: TensorFlowJs): SymbolicBackend {
	let found = known.get(tf.engine());
	if (found === undefined) {
		found = register(tf);
		known.set(tf.engine(), found);
	}
	return found;
}

function register(tf: TensorFlowJs): SymbolicBackend {
	let nodes: TracedNode[] = [];
	let values = new WeakMap<DataId, TracedValue>();

	function place(value: TracedValue, shape: readonly number[], dtype: DataType = "float32"): TensorInfo {
		const dataId: DataId = {};
		values.set(dataId, value);
		return { dataId, shape: [...shape], dtype };
	}

	function tensor({ dataId, shape }: TensorInfo): TracedTensor {
		const value = values.get(dataId);
		if (value === undefined) throw new NotLowered("a tensor from outside the traced step");
		return { value, shape };
	}

	/** The same value in another shape. */
	const view = (x: TensorInfo, shape: readonly number[]) => place(tensor(x).value, shape);

	function call(
		kernel: string,
		inputs: Record<string, TensorInfo | undefined>,
		attributes: object,
	): TensorInfo {
		const given = Object.entries(inputs).filter(
			(entry): entry is [string, TensorInfo] => entry[1] !== undefined,
		);
		if (given.some(([, { dtype }]) => dtype !== "float32")) {
			throw new NotLowered(`${kernel} on values that are not float32`);
		}
		const x = inputs["x"];
		if (kernel === "Identity" && x !== undefined) return view(x, x.shape);
		if (kernel === "Cast" && x !== undefined) {
			if ((attributes as { readonly dtype: string }).dtype === "float32") return view(x, x.shape);
			throw new NotLowered("Cast to another type than float32");
		}
		if (kernel === "Reshape" && x !== undefined) {
			return view(x, inferredShape((attributes as { readonly shape: number[] }).shape, sizeOf(x.shape)));
		}
		const operation = operations[kernel];
		if (operation === undefined) throw new NotLowered(kernel);
		const traced = {
			kernel,
			inputs: Object.fromEntries(given.map(([name, info]) => [name, tensor(info)])),
			attributes: attributes as Readonly<Record<string, unknown>>,
		};
		const shape = operation.shape(traced, tf);
		const output = place({ size: sizeOf(shape), origin: { kind: "node" } }, shape);
		nodes.push({ ...traced, output: tensor(output) });
		return output;
	}

	const backend = createBackend(tf, {
		write(values, shape, dtype) {
			if (dtype !== "float32" || values === null || values === undefined) {
				throw new NotLowered(`a constant of type ${dtype}`);
			}
			const origin = { kind: "constant", values: Float32Array.from(values as ArrayLike<number>) } as const;
			return place({ size: sizeOf(shape), origin }, shape).dataId;
		},
	});
	tf.registerBackend(symbolicBackendName, () => backend, 0);
	// Every kernel there is, so that the first one that cannot be lowered is named.
	const names = new Set([
		...Object.keys(operations),
		...tf.getKernelsForBackend("cpu").map(({ kernelName }) => kernelName),
	]);
	for (const kernelName of names) {
		tf.registerKernel({
			kernelName,
			backendName: symbolicBackendName,
			kernelFunc: ({ inputs, attrs }) => call(kernelName, inputs, attrs ?? {}),
		});
	}
	return {
		get nodes() {
			return nodes;
		},
		reset() {
			nodes = [];
			values = new WeakMap();
		},
		input: (origin, shape) =>
			tf.engine().makeTensorFromTensorInfo(place({ size: sizeOf(shape), origin }, shape), backend),
		tensor,
	};
}

/** -1 stands for what is left. */
function inferredShape(shape: readonly number[], size: number): number[] {
	const rest =
		size / shape.filter((extent) => extent !== -1).reduce((product, extent) => product * extent, 1);
	return shape.map((extent) => (extent === -1 ? rest : extent));
}

/** What TensorFlow.js asks of a backend: nothing is ever freed, since a trace is short and holds no values. */
function createBackend(
	tf: TensorFlowJs,
	{ write }: { readonly write: (values: unknown, shape: number[], dtype: DataType) => DataId },
): KernelBackend {
	return Object.assign(new tf.KernelBackend(), {
		write,
		readSync: () => {
			throw new NotLowered("values that are read while they are computed");
		},
		disposeData: () => true,
		incRef: () => undefined,
		refCount: () => 1,
		numDataIds: () => 0,
		floatPrecision: () => 32 as const,
		epsilon: () => 1e-7,
		memory: () => ({ unreliable: true, reasons: [] }),
		dispose: () => undefined,
	});
}

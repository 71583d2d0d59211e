import {
	type Batch,
	type BatchSelection,
	type FeatureColumn,
	featureSize,
	gatherInto,
	type TrainingWorkspace,
} from "@fl-sim/core";
import type { Address } from "../kernels/simd.ts";
import type { KernelMemory } from "./kernel-memory.ts";
import { machineArithmetic } from "./machine-arithmetic.ts";

/** Values that are copied in at a time: few enough to stay in the fastest cache. */
const stagedValues = 4096;

/** A workspace in a machine's memory, for vectors of `size` scalars. */
export function machineWorkspace(memory: KernelMemory, size: number): TrainingWorkspace {
	const owned: { readonly address: Address; readonly bytes: number }[] = [];
	let features: Float32Array = new Float32Array();
	let bytes: Uint8Array = new Uint8Array();

	function allocate(length: number): Float32Array {
		const bytes = length * 4;
		const address = memory.allocate(bytes);
		owned.push({ address, bytes });
		return memory.floats(address, length);
	}

	return {
		vector(values) {
			const vector = allocate(size);
			if (values === undefined) vector.fill(0);
			else vector.set(values);
			return vector;
		},
		gather(view, positions, from, to) {
			const length = (to - from) * featureSize(view.examples);
			if (features.length < length) features = allocate(length);
			const target = features.subarray(0, length);
			const selection = { view, positions, from, to };
			if (view.examples.features.kind !== "bytes") return gatherInto(target, selection);
			if (bytes.length < length) {
				const room = allocate(Math.ceil(length / 4));
				bytes = new Uint8Array(room.buffer, room.byteOffset, length);
			}
			return gatherBytes(memory, { selection, column: view.examples.features, bytes, target });
		},
		arithmetic: machineArithmetic(memory),
		difference(params, start) {
			const result = new Float32Array(size);
			const staged = allocate(Math.min(size, stagedValues));
			for (let from = 0; from < size; from += stagedValues) {
				const piece = staged.subarray(0, Math.min(stagedValues, size - from));
				piece.set(start.subarray(from, from + piece.length));
				const { byteOffset } = piece;
				memory.simd.subtractInto(params.byteOffset + from * 4, byteOffset, piece.length, byteOffset);
				result.set(piece, from);
			}
			return result;
		},
		close() {
			for (const { address, bytes } of owned) memory.free(address, bytes);
			owned.length = 0;
		},
	};
}

/** As core's `gatherInto` and with the same bits: copies the bytes of all examples, then converts them at once. */
function gatherBytes(
	{ simd }: KernelMemory,
	{
		selection: { view, positions, from, to },
		column,
		bytes,
		target,
	}: {
		readonly selection: BatchSelection;
		readonly column: FeatureColumn & { readonly kind: "bytes" };
		/** Room for the examples as they are stored. */
		readonly bytes: Uint8Array;
		readonly target: Float32Array;
	},
): Batch {
	const size = to - from;
	const width = target.length / size;
	const { indices, transform } = view;
	const allLabels = view.examples.labels;
	const { values, scale, shift } = column;
	const labels = new Int32Array(size);
	for (let row = 0; row < size; row++) {
		const index = indices[positions[from + row] as number] as number;
		labels[row] = allLabels[index] as number;
		bytes.set(values.subarray(index * width, (index + 1) * width), row * width);
	}
	simd.bytesToFloats(bytes.byteOffset, target.length, scale, shift, target.byteOffset);
	if (transform !== undefined) {
		for (let row = 0; row < size; row++) {
			const index = indices[positions[from + row] as number] as number;
			transform(target.subarray(row * width, (row + 1) * width), index);
		}
	}
	return { size, features: target, labels };
}

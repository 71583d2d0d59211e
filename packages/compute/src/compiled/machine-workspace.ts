import { featureSize, gatherInto, type TrainingWorkspace } from "@fl-sim/core";
import type { Address } from "../kernels/simd.ts";
import type { KernelMemory } from "./kernel-memory.ts";
import { machineArithmetic } from "./machine-arithmetic.ts";

/** A workspace in a machine's memory, for vectors of `size` scalars. */
export function machineWorkspace(memory: KernelMemory, size: number): TrainingWorkspace {
	const owned: { readonly address: Address; readonly bytes: number }[] = [];
	let features: Float32Array = new Float32Array();

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
			return gatherInto(features.subarray(0, length), { view, positions, from, to });
		},
		arithmetic: machineArithmetic(memory),
		close() {
			for (const { address, bytes } of owned) memory.free(address, bytes);
			owned.length = 0;
		},
	};
}

import type { TracedTensor } from "../traced-graph.ts";

/** The number that all values of a constant equal, if it is one. */
export function uniformValue({ value: { origin } }: TracedTensor): number | undefined {
	if (origin.kind !== "constant") return undefined;
	const [first] = origin.values;
	return origin.values.every((value) => value === first) ? first : undefined;
}

/** A constant of equal values as one value, which elementwise operations repeat; other tensors as they are. */
export function withoutRepeats(tensor: TracedTensor): TracedTensor {
	const uniform = uniformValue(tensor);
	if (uniform === undefined || tensor.shape.length === 0) return tensor;
	return {
		value: { size: 1, origin: { kind: "constant", values: Float32Array.of(uniform) } },
		shape: [],
	};
}

import type { Layout, Vector } from "@fl-sim/core";

/** The parts that an optimizer changes: everything but running statistics. */
export const trainedParts = (layout: Layout) => layout.parts.filter((part) => part.kind !== "buffer");

/** x + a y on everything that is trained, x itself on running statistics: a new vector `[d]`. */
export function plusTrained(x: Vector, a: number, y: Vector, layout: Layout): Vector {
	const sum = x.slice();
	for (const { offset, size } of trainedParts(layout)) {
		for (let i = offset; i < offset + size; i++) sum[i] = (x[i] as number) + a * (y[i] as number);
	}
	return sum;
}

/** The trained parts times `factor`, running statistics as they are: a new vector `[d]`. */
export function scaleTrained(values: Vector, factor: number, layout: Layout): Vector {
	const scaled = values.slice();
	for (const { offset, size } of trainedParts(layout)) {
		for (let i = offset; i < offset + size; i++) scaled[i] = (values[i] as number) * factor;
	}
	return scaled;
}

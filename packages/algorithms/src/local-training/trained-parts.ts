import { type Layout, partOf, type Vector } from "@fl-sim/core";

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

/** x <- x + a (y - x) on everything that is trained, in place; running statistics become those of y. */
export function moveTrained(x: Vector, a: number, y: Vector, layout: Layout): void {
	for (const { kind, offset, size } of layout.parts) {
		const share = kind === "buffer" ? 1 : a;
		for (let i = offset; i < offset + size; i++) {
			x[i] = (x[i] as number) - share * ((x[i] as number) - (y[i] as number));
		}
	}
}

/** The running statistics of `from` take the place of those of `to`. */
export function copyStatistics(from: Vector, to: Vector, layout: Layout): void {
	for (const part of layout.parts) {
		if (part.kind === "buffer") partOf(to, part).set(partOf(from, part));
	}
}

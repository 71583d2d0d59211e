/**
 * What a part of the parameter vector is. `buffer` parts (running statistics) travel and are averaged like
 * weights but are never touched by an optimizer.
 */
export type PartKind = "weight" | "bias" | "scale" | "shift" | "buffer";

/** One tensor of a model inside the flat vector. */
export interface LayoutPart {
	/** Unique, dotted path: `conv1.weight`. */
	readonly name: string;
	readonly shape: readonly number[];
	/** The layer it belongs to: `conv1`. */
	readonly layer: string;
	readonly kind: PartKind;
	readonly offset: number;
	readonly size: number;
}

/** How a model's tensors lie in one flat vector `[size]`. */
export interface Layout {
	readonly parts: readonly LayoutPart[];
	readonly size: number;
}

export type PartShape = Pick<LayoutPart, "name" | "shape" | "layer" | "kind">;

/** Lays tensors out one after the other, in the order given. */
export function layoutOf(shapes: readonly PartShape[]): Layout {
	let offset = 0;
	const parts = shapes.map((shape) => {
		const size = shape.shape.reduce((product, extent) => product * extent, 1);
		const part = { ...shape, offset, size };
		offset += size;
		return part;
	});
	return { parts, size: offset };
}

/** The slice of `vector` that holds `part`: a view, not a copy. */
export function partOf(vector: Float32Array, part: LayoutPart): Float32Array {
	return vector.subarray(part.offset, part.offset + part.size);
}

/** Number of scalars that an optimizer changes. */
export function numTrainable(layout: Layout): number {
	return layout.parts.reduce((sum, part) => sum + (part.kind === "buffer" ? 0 : part.size), 0);
}

/** A text that is equal exactly when two layouts are: names, shapes and kinds in order. */
export function layoutSignature(layout: Layout): string {
	return layout.parts.map((part) => `${part.name}:${part.kind}[${part.shape.join("x")}]`).join(";");
}

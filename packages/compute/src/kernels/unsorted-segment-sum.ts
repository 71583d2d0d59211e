import type { TensorInfo, UnsortedSegmentSumAttrs } from "@tensorflow/tfjs";
import type { Kernel } from "./kernel.ts";
import { sizeOf } from "./wasm-backend.ts";

interface SegmentInputs {
	/** `[n, ...]` */
	readonly x: TensorInfo;
	/** `[n]`, int32; rows whose segment does not exist are left out */
	readonly segmentIds: TensorInfo;
}

/** Sums of the rows of each segment, `[numSegments, ...]`: the gradient of looking up rows, as embeddings do. */
export const unsortedSegmentSum: Kernel<SegmentInputs, UnsortedSegmentSumAttrs> = ({
	backend,
	inputs,
	attrs,
}) => {
	const { x, segmentIds } = inputs;
	if (x.dtype !== "float32" || segmentIds.shape.length !== 1 || segmentIds.shape[0] !== x.shape[0]) {
		throw new Error(
			`sums of segments [${segmentIds.shape.join()}] of ${x.dtype} [${x.shape.join()}]: ` +
				"the wasm backend has them for float32 and one segment for each row",
		);
	}
	const rowSize = sizeOf(x.shape.slice(1));
	const out = backend.makeOutput([attrs.numSegments, ...x.shape.slice(1)], "float32");
	const sums = backend.typedArrayFromHeap(out).fill(0);
	const values = backend.typedArrayFromHeap(x);
	for (const [row, segment] of backend.typedArrayFromHeap(segmentIds).entries()) {
		if (segment < 0 || segment >= attrs.numSegments) continue;
		const from = row * rowSize;
		const to = segment * rowSize;
		for (let i = 0; i < rowSize; i++) sums[to + i] = (sums[to + i] as number) + (values[from + i] as number);
	}
	return out;
};

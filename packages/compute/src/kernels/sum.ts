import type { SumAttrs, TensorInfo } from "@tensorflow/tfjs";
import type { Kernel, KernelCall } from "./kernel.ts";
import type { Address } from "./simd.ts";
import { addressOf, share, sizeOf } from "./wasm-backend.ts";

interface Input {
	readonly x: TensorInfo;
}

/** Sum over some dimensions. */
export const sum: Kernel<Input, SumAttrs> = (call) => reduce(call, () => 1);

/** Mean over some dimensions. */
export const mean: Kernel<Input, SumAttrs> = (call) => reduce(call, (count) => 1 / count);

/** Neighbouring dimensions that are all kept or all summed over. */
interface Axis {
	readonly extent: number;
	readonly isSummed: boolean;
}

function reduce(call: KernelCall<Input, SumAttrs>, scaleFor: (count: number) => number): TensorInfo {
	const { tf, backend, simd, workspace, inputs, attrs } = call;
	const { x } = inputs;
	if (x.dtype !== "float32") return call.stock();
	const summed = tf.util.parseAxisParam(attrs.axis, x.shape);
	const shape = x.shape.flatMap((extent, index) => {
		if (!summed.includes(index)) return [extent];
		return attrs.keepDims ? [1] : [];
	});
	let axes = mergedAxes(x.shape, summed);
	const scale = scaleFor(sizeOf(summed.map((index) => x.shape[index] as number)));
	if (!axes.some(({ isSummed }) => isSummed)) return share(backend, x, shape);
	const out = backend.makeOutput(shape, "float32");
	if (sizeOf(x.shape) === 0) {
		// Nothing has a sum, but no mean.
		backend.typedArrayFromHeap(out).fill(Number.isFinite(scale) ? 0 : Number.NaN);
		return out;
	}
	let from = addressOf(backend, x);
	// Sums over the first summed axis can need as much room as half of x; later ones at most half of that.
	let [room, other] = workspace.reserve(sizeOf(x.shape) * 2, sizeOf(x.shape)) as [Address, Address];
	while (axes.length > 0) {
		const index = axes.findIndex(({ isSummed }) => isSummed);
		if (index < 0) break;
		const outer = sizeOf(axes.slice(0, index).map(({ extent }) => extent));
		const inner = sizeOf(axes.slice(index + 1).map(({ extent }) => extent));
		const rest = axes.filter((_, i) => i !== index);
		const isLast = !rest.some(({ isSummed }) => isSummed);
		const to = isLast ? addressOf(backend, out) : room;
		simd.sumMiddle(from, outer, (axes[index] as Axis).extent, inner, isLast ? scale : 1, to);
		axes = rest;
		from = to;
		[room, other] = [other, room];
	}
	return out;
}

function mergedAxes(shape: readonly number[], summed: readonly number[]): Axis[] {
	const axes: Axis[] = [];
	for (const [index, extent] of shape.entries()) {
		if (extent === 1) continue;
		const isSummed = summed.includes(index);
		const last = axes.at(-1);
		if (last?.isSummed === isSummed) {
			axes[axes.length - 1] = { extent: last.extent * extent, isSummed };
		} else {
			axes.push({ extent, isSummed });
		}
	}
	return axes;
}

import { fillRoutine } from "./fill-routine.ts";
import type { Routine } from "./routine.ts";
import type { Address } from "./simd.ts";
import { sizeOf } from "./wasm-backend.ts";

/** A sum or mean over some dimensions. */
export interface Reduction {
	readonly shape: readonly number[];
	/** Indices of the dimensions to sum over, not negative. */
	readonly axes: readonly number[];
	readonly mean: boolean;
}

/** Sum or mean over some dimensions. Operands: x and the result, whose extents are those that are kept. */
export function reduction({ shape, axes, mean }: Reduction): Routine {
	const count = sizeOf(axes.map((index) => shape[index] as number));
	if (sizeOf(shape) === 0) {
		const size = sizeOf(shape.filter((_, index) => !axes.includes(index)));
		// Nothing has a sum, but no mean.
		return fillRoutine(size, mean && count === 0 ? Number.NaN : 0);
	}
	const scale = mean ? 1 / count : 1;
	const steps = sumsOver(mergedAxes(shape, axes));
	return {
		// Each sum is smaller than the one before it, so that two places are enough for all but the last.
		scratch: steps.slice(0, -1).slice(0, 2).map(resultBytes),
		bind({ simd }, operands, scratch) {
			const [x, out] = operands as readonly [Address, Address];
			const last = steps.length - 1;
			const places = steps.map((_, index) => (index === last ? out : (scratch[index % 2] as Address)));
			return () => {
				for (const [index, step] of steps.entries()) {
					const from = index === 0 ? x : (places[index - 1] as Address);
					const factor = index === last ? scale : 1;
					simd.sumMiddle(from, step.outer, step.count, step.inner, factor, places[index] as Address);
				}
			};
		},
	};
}

/** A sum over the middle dimension of `[outer, count, inner]`. */
interface Step {
	readonly outer: number;
	readonly count: number;
	readonly inner: number;
}

function resultBytes({ outer, inner }: Step): number {
	return outer * inner * 4;
}

/** Neighbouring dimensions that are all kept or all summed over. */
interface Axis {
	readonly extent: number;
	readonly isSummed: boolean;
}

/** One sum for each axis that is summed over, from the outside; at least one, be it of single values. */
function sumsOver(axes: readonly Axis[]): Step[] {
	const steps: Step[] = [];
	let outer = 1;
	for (const [index, { extent, isSummed }] of axes.entries()) {
		if (isSummed) {
			const inner = sizeOf(axes.slice(index + 1).map((axis) => axis.extent));
			steps.push({ outer, count: extent, inner });
		} else {
			outer *= extent;
		}
	}
	return steps.length > 0 ? steps : [{ outer, count: 1, inner: 1 }];
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

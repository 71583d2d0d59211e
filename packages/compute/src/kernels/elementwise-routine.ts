import type { Routine } from "./routine.ts";
import type { Address, SimdFunctions } from "./simd.ts";

export type ElementwiseOperation = keyof Pick<SimdFunctions, "add" | "subtract" | "multiply" | "divide">;

/** Shapes of a result and of the operands that broadcast to it. */
export interface BroadcastShapes {
	readonly shape: readonly number[];
	readonly a: readonly number[];
	readonly b: readonly number[];
}

/** The loops of the SIMD functions. */
const numLoops = 4;

/**
 * A sum, difference, product or quotient, element by element. Operands: a, b and the result. Undefined where the
 * SIMD functions have too few loops.
 */
export function elementwiseRoutine(
	operation: ElementwiseOperation,
	shapes: BroadcastShapes,
): Routine | undefined {
	const axes = mergedAxes(shapes);
	if (axes.length > numLoops) return undefined;
	const extents = axes.map(({ extent }) => extent);
	const stepsOfA = steps(axes, ({ aMoves }) => aMoves);
	const stepsOfB = steps(axes, ({ bMoves }) => bMoves);
	const loops = [...fromLeft(1, extents), ...fromLeft(0, stepsOfA), ...fromLeft(0, stepsOfB)];
	return {
		scratch: [loops.length * 4],
		bind({ memory, simd }, operands, scratch) {
			const [a, b, out] = operands as readonly [Address, Address, Address];
			const [at] = scratch as readonly [Address];
			const target = new Int32Array(memory.buffer, at, loops.length);
			return () => {
				target.set(loops);
				simd[operation](at, a, b, out);
			};
		},
	};
}

/** Neighbouring dimensions of a result along which each operand either moves or repeats its values. */
interface Axis {
	readonly extent: number;
	readonly aMoves: boolean;
	readonly bMoves: boolean;
}

function mergedAxes({ shape, a, b }: BroadcastShapes): Axis[] {
	const axes: Axis[] = [];
	for (const [index, extent] of shape.entries()) {
		if (extent === 1) continue;
		const aMoves = (a[index - shape.length + a.length] ?? 1) > 1;
		const bMoves = (b[index - shape.length + b.length] ?? 1) > 1;
		const last = axes.at(-1);
		if (last?.aMoves === aMoves && last.bMoves === bMoves) {
			axes[axes.length - 1] = { ...last, extent: last.extent * extent };
		} else {
			axes.push({ extent, aMoves, bMoves });
		}
	}
	return axes;
}

/** How far an operand moves with each axis, in bytes. */
function steps(axes: readonly Axis[], moves: (axis: Axis) => boolean): number[] {
	let step = 4;
	return axes
		.map((_, index) => {
			const axis = axes.at(-1 - index) as Axis;
			if (!moves(axis)) return 0;
			const own = step;
			step *= axis.extent;
			return own;
		})
		.reverse();
}

/** Fills up to one value for each loop from the outside. */
function fromLeft(value: number, values: readonly number[]): number[] {
	return [...Array.from({ length: numLoops - values.length }, () => value), ...values];
}

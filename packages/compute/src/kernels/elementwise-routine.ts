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
	const loops = mergedLoops(shapes);
	if (loops.length > numLoops) return undefined;
	const fields = loopFields(loops);
	return {
		scratch: [fields.byteLength],
		bind({ memory, simd }, operands, scratch) {
			const [a, b, out] = operands as readonly [Address, Address, Address];
			const [at] = scratch as readonly [Address];
			const target = new Int32Array(memory.buffer, at, fields.length);
			return () => {
				target.set(fields);
				simd[operation](at, a, b, out);
			};
		},
	};
}

/** Neighbouring dimensions of a result along which each operand either moves or repeats its values. */
interface Loop {
	extent: number;
	/** How far an operand moves each time, in bytes; 0 if it repeats. */
	readonly stepA: number;
	readonly stepB: number;
}

/** The loops over a result, innermost first. */
function mergedLoops({ shape, a, b }: BroadcastShapes): Loop[] {
	const loops: Loop[] = [];
	let [bytesA, bytesB] = [4, 4];
	for (let fromEnd = 1; fromEnd <= shape.length; fromEnd++) {
		const extent = shape[shape.length - fromEnd] as number;
		if (extent === 1) continue;
		const aMoves = (a[a.length - fromEnd] ?? 1) > 1;
		const bMoves = (b[b.length - fromEnd] ?? 1) > 1;
		const inner = loops.at(-1);
		if (inner !== undefined && inner.stepA > 0 === aMoves && inner.stepB > 0 === bMoves) {
			inner.extent *= extent;
		} else {
			loops.push({ extent, stepA: aMoves ? bytesA : 0, stepB: bMoves ? bytesB : 0 });
		}
		if (aMoves) bytesA *= extent;
		if (bMoves) bytesB *= extent;
	}
	return loops;
}

/** The fields of the class `Broadcast` in the package's folder `simd`: those that are not needed run once. */
function loopFields(loops: readonly Loop[]): Int32Array {
	const fields = new Int32Array(3 * numLoops).fill(1, 0, numLoops);
	for (const [index, { extent, stepA, stepB }] of loops.entries()) {
		const place = numLoops - 1 - index;
		fields[place] = extent;
		fields[numLoops + place] = stepA;
		fields[2 * numLoops + place] = stepB;
	}
	return fields;
}

import type { TensorInfo } from "@tensorflow/tfjs";
import type { Kernel } from "./kernel.ts";
import type { Address, SimdFunctions } from "./simd.ts";
import { addressOf, sizeOf } from "./wasm-backend.ts";

interface Operands {
	readonly a: TensorInfo;
	readonly b: TensorInfo;
}

/** Neighbouring dimensions of a result along which each operand either moves or repeats its values. */
interface Axis {
	readonly extent: number;
	readonly aMoves: boolean;
	readonly bMoves: boolean;
}

/** The loops of the SIMD functions. */
const numLoops = 4;

/** A sum, difference, product or quotient, element by element, of float32 tensors that broadcast. */
export function elementwise(
	operation: keyof Pick<SimdFunctions, "add" | "subtract" | "multiply" | "divide">,
): Kernel<Operands> {
	return (call) => {
		const { tf, backend, simd, workspace, inputs } = call;
		const { a, b } = inputs;
		const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
		const axes = mergedAxes(shape, a.shape, b.shape);
		const isFloat = a.dtype === "float32" && b.dtype === "float32";
		if (!isFloat || axes.length > numLoops || sizeOf(shape) === 0) return call.stock();
		const out = backend.makeOutput(shape, "float32");
		const [at] = workspace.reserve(3 * numLoops * 4) as [Address];
		new Int32Array(backend.wasm.asm.memory.buffer, at, 3 * numLoops).set([
			...fromLeft(
				1,
				axes.map(({ extent }) => extent),
			),
			...fromLeft(
				0,
				steps(axes, ({ aMoves }) => aMoves),
			),
			...fromLeft(
				0,
				steps(axes, ({ bMoves }) => bMoves),
			),
		]);
		simd[operation](at, addressOf(backend, a), addressOf(backend, b), addressOf(backend, out));
		return out;
	};
}

function mergedAxes(shape: readonly number[], a: readonly number[], b: readonly number[]): Axis[] {
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

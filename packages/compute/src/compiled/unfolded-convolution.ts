import type { ConvolutionShape } from "../kernels/convolution-shape.ts";
import type { Machine, Routine } from "../kernels/routine.ts";
import type { Address } from "../kernels/simd.ts";
import { foldRoutine, unfoldRoutine } from "../kernels/unfold-routine.ts";
import { windowBytes } from "../kernels/window.ts";
import type { NativeProducts } from "../native/native-products.ts";

// A convolution as a product: the patches under its window, laid out as rows, times the filter. A few images at a
// time, so that the patches are still in the cache when they are multiplied.

/** Rows of patches that are laid out at a time: fewer cost more calls, more leave the cache (and sum more slowly). */
const rowsAtATime = 1024;

/** Extents of the product. */
interface Unfolded {
	readonly shape: ConvolutionShape;
	/** Values of a patch: taps times channels. */
	readonly depth: number;
	/** Places of the window in an image. */
	readonly places: number;
	/** Bytes of an image of the input and of the result. */
	readonly inBytes: number;
	readonly outBytes: number;
	/** Where each group of images begins, and how many there are in it. */
	readonly groups: readonly { readonly first: number; readonly images: number }[];
	/** Whether the input is laid out in patches as it is. */
	readonly isUnfolded: boolean;
	/** Bytes of the largest group's patches, 0 if the input serves. */
	readonly patchBytes: number;
}

function unfolded(shape: ConvolutionShape): Unfolded {
	const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = shape;
	const depth = shape.filterHeight * shape.filterWidth * inChannels;
	const places = outHeight * outWidth;
	const isUnfolded = depth === inChannels && shape.strideHeight === 1 && shape.strideWidth === 1;
	const images = isUnfolded ? batchSize : Math.max(1, Math.floor(rowsAtATime / places));
	const groups = [];
	for (let first = 0; first < batchSize; first += images) {
		groups.push({ first, images: Math.min(images, batchSize - first) });
	}
	return {
		shape,
		depth,
		places,
		inBytes: inHeight * inWidth * inChannels * 4,
		outBytes: places * outChannels * 4,
		groups,
		isUnfolded,
		patchBytes: isUnfolded ? 0 : Math.min(images, batchSize) * places * depth * 4,
	};
}

/** Convolution. Operands: x, the filter, the bias if there is one, and the result. */
export function unfoldedConvolution(
	products: NativeProducts,
	shape: ConvolutionShape,
	bias: boolean,
): Routine {
	const { depth, places, inBytes, outBytes, groups, isUnfolded, patchBytes } = unfolded(shape);
	return {
		scratch: [patchBytes, windowBytes],
		bind(machine, operands, scratch) {
			const [x, filter, shift] = operands as readonly [Address, Address, Address];
			const out = operands.at(-1) as Address;
			const [room, window] = scratch as readonly [Address, Address];
			return sequence(
				groups.flatMap(({ first, images }) => {
					const [from, to] = [x + first * inBytes, out + first * outBytes];
					const rows = isUnfolded ? from : room;
					const product = products.product({
						m: images * places,
						n: shape.outChannels,
						depth,
						transposeA: false,
						transposeB: false,
						...(bias && { plus: "bias" as const }),
					});
					const multiply = product.bind(machine, bias ? [rows, filter, shift, to] : [rows, filter, to], []);
					return isUnfolded
						? [multiply]
						: [unfoldRoutine(shape, images).bind(machine, [from, rows], [window]), multiply];
				}),
			);
		},
	};
}

/** Gradient of a convolution's filter. Operands: x, dy and the result. */
export function unfoldedFilterGradient(products: NativeProducts, shape: ConvolutionShape): Routine {
	const { depth, places, inBytes, outBytes, groups, isUnfolded, patchBytes } = unfolded(shape);
	const { outChannels } = shape;
	// The library is faster at results that are wider than they are high.
	const isTransposed = depth > outChannels;

	function bindGroup(
		machine: Machine,
		{ first, images }: { readonly first: number; readonly images: number },
		at: Readonly<Record<"x" | "dy" | "room" | "window" | "sum", Address>>,
	): (() => void)[] {
		const [from, dy] = [at.x + first * inBytes, at.dy + first * outBytes];
		const rows = isUnfolded ? from : at.room;
		const product = products.product({
			m: isTransposed ? outChannels : depth,
			n: isTransposed ? depth : outChannels,
			depth: images * places,
			transposeA: true,
			transposeB: false,
			...(first > 0 && { plus: "result" as const }),
		});
		const multiply = product.bind(machine, isTransposed ? [dy, rows, at.sum] : [rows, dy, at.sum], []);
		return isUnfolded
			? [multiply]
			: [unfoldRoutine(shape, images).bind(machine, [from, rows], [at.window]), multiply];
	}

	return {
		scratch: [patchBytes, windowBytes, isTransposed ? depth * outChannels * 4 : 0],
		bind(machine, operands, scratch) {
			const [x, dy, dFilter] = operands as readonly [Address, Address, Address];
			const [room, window, transposed] = scratch as readonly [Address, Address, Address];
			const sum = isTransposed ? transposed : dFilter;
			const add = sequence(
				groups.flatMap((group) => bindGroup(machine, group, { x, dy, room, window, sum })),
			);
			if (!isTransposed) return add;
			return () => {
				add();
				machine.simd.transpose(transposed, outChannels, depth, depth * 4, dFilter);
			};
		},
	};
}

/** Gradient of a convolution's input. Operands: dy, the filter and the result. */
export function unfoldedInputGradient(products: NativeProducts, shape: ConvolutionShape): Routine {
	const { depth, places, inBytes, outBytes, groups, isUnfolded, patchBytes } = unfolded(shape);
	return {
		scratch: [patchBytes, windowBytes],
		bind(machine, operands, scratch) {
			const [dy, filter, dx] = operands as readonly [Address, Address, Address];
			const [room, window] = scratch as readonly [Address, Address];
			return sequence(
				groups.flatMap(({ first, images }) => {
					const to = dx + first * inBytes;
					const rows = isUnfolded ? to : room;
					const product = products.product({
						m: images * places,
						n: depth,
						depth: shape.outChannels,
						transposeA: false,
						transposeB: true,
					});
					const multiply = product.bind(machine, [dy + first * outBytes, filter, rows], []);
					return isUnfolded
						? [multiply]
						: [multiply, foldRoutine(shape, images).bind(machine, [rows, to], [window])];
				}),
			);
		},
	};
}

function sequence(steps: readonly (() => void)[]): () => void {
	return () => {
		for (const step of steps) step();
	};
}

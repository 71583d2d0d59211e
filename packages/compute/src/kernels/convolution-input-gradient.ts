import type { Conv2DBackpropInputAttrs, TensorInfo } from "@tensorflow/tfjs";
import { biasBytes, writeBias } from "./bias.ts";
import { placesBytes } from "./convolution.ts";
import { type ConvolutionShape, convolutionShape } from "./convolution-shape.ts";
import type { Kernel, KernelCall } from "./kernel.ts";
import { type Address, panelBytes, tileBytes } from "./simd.ts";
import { addressOf } from "./wasm-backend.ts";
import { windowBytes, writeWindow } from "./window.ts";

interface InputGradientInputs {
	/** `[n, outHeight, outWidth, outChannels]` */
	readonly dy: TensorInfo;
	/** `[filterHeight, filterWidth, channels, outChannels]` */
	readonly filter: TensorInfo;
}

/**
 * Gradient of a convolution's input, `[n, height, width, channels]`. With stride s the input's rows fall into s
 * phases, and likewise its columns: those of one phase meet the same taps of the filter, so that their gradient is a
 * convolution of `dy` with these taps in reverse order.
 */
export const conv2dBackpropInput: Kernel<InputGradientInputs, Conv2DBackpropInputAttrs> = (call) => {
	const { tf, backend, inputs, attrs } = call;
	const shape = convolutionShape(tf, attrs, { x: attrs.inputShape, filter: inputs.filter.shape });
	const out = backend.makeOutput(attrs.inputShape, "float32");
	const rowPhases = phases({
		extent: shape.inHeight,
		pad: shape.padInfo.top,
		stride: shape.strideHeight,
		filter: shape.filterHeight,
		gradients: shape.outHeight,
	});
	const columnPhases = phases({
		extent: shape.inWidth,
		pad: shape.padInfo.left,
		stride: shape.strideWidth,
		filter: shape.filterWidth,
		gradients: shape.outWidth,
	});
	const isCovered = [...rowPhases, ...columnPhases].every(({ taps }) => taps > 0);
	if (!isCovered) backend.typedArrayFromHeap(out).fill(0);
	for (const rows of rowPhases) {
		for (const columns of columnPhases) {
			if (rows.taps > 0 && columns.taps > 0) computePhase(call, shape, { rows, columns, out });
		}
	}
	return out;
};

/** The positions along one dimension of the input that meet the taps `firstTap`, `firstTap + stride`, ... */
interface Phase {
	readonly firstPosition: number;
	readonly positions: number;
	readonly firstTap: number;
	readonly taps: number;
	/** Zeros before the gradients of that dimension, and its extent with zeros on both sides. */
	readonly padBefore: number;
	readonly padded: number;
	/** Where the first position's taps begin in the padded gradients. */
	readonly origin: number;
}

function phases(dimension: {
	readonly extent: number;
	readonly pad: number;
	readonly stride: number;
	readonly filter: number;
	readonly gradients: number;
}): Phase[] {
	const { extent, pad, stride, filter, gradients } = dimension;
	const found: Phase[] = [];
	for (let firstPosition = 0; firstPosition < Math.min(stride, extent); firstPosition++) {
		const positions = Math.ceil((extent - firstPosition) / stride);
		// Position p meets tap t in the gradient at (p + pad - t) / stride, if that is a whole number.
		const firstTap = (firstPosition + pad) % stride;
		const taps = Math.max(0, Math.ceil((filter - firstTap) / stride));
		const newest = (firstPosition + pad - firstTap) / stride; // of the first position
		const padBefore = Math.max(0, taps - 1 - newest);
		found.push({
			firstPosition,
			positions,
			firstTap,
			taps,
			padBefore,
			padded: Math.max(padBefore + gradients, padBefore + newest + positions),
			origin: padBefore + newest - (taps - 1),
		});
	}
	return found;
}

function computePhase(
	call: KernelCall<InputGradientInputs>,
	shape: ConvolutionShape,
	{ rows, columns, out }: { readonly rows: Phase; readonly columns: Phase; readonly out: TensorInfo },
): void {
	const { backend, simd, workspace, inputs } = call;
	const { inChannels, outChannels, filterWidth, strideHeight, strideWidth, inWidth } = shape;
	const taps = rows.taps * columns.taps;
	const [window, padded, panels, start, places, tile] = workspace.reserve(
		windowBytes,
		rows.padded * columns.padded * outChannels * 4,
		panelBytes(taps * outChannels, inChannels),
		biasBytes(inChannels),
		placesBytes(rows.positions * columns.positions),
		tileBytes,
	) as [Address, Address, Address, Address, Address, Address];
	simd.packReversed(
		addressOf(backend, inputs.filter) +
			(rows.firstTap * filterWidth + columns.firstTap) * inChannels * outChannels * 4,
		rows.taps,
		strideHeight * filterWidth * inChannels * outChannels * 4,
		columns.taps,
		strideWidth * inChannels * outChannels * 4,
		inChannels,
		outChannels,
		panels,
	);
	writeBias(backend, undefined, { at: start, length: inChannels });
	writeWindow(backend, window, {
		images: shape.batchSize,
		source: addressOf(backend, inputs.dy),
		height: shape.outHeight,
		width: shape.outWidth,
		channels: outChannels,
		padded,
		paddedHeight: rows.padded,
		paddedWidth: columns.padded,
		padTop: rows.padBefore,
		padLeft: columns.padBefore,
		originRow: rows.origin,
		originColumn: columns.origin,
		rows: rows.positions,
		columns: columns.positions,
		rowStride: 1,
		columnStride: 1,
		tapRows: rows.taps,
		tapColumns: columns.taps,
		tapRowStep: 1,
		tapColumnStep: 1,
	});
	simd.windowProduct(
		window,
		panels,
		inChannels,
		start,
		addressOf(backend, out) + (rows.firstPosition * inWidth + columns.firstPosition) * inChannels * 4,
		shape.inHeight * inWidth * inChannels * 4,
		strideHeight * inWidth * inChannels * 4,
		strideWidth * inChannels * 4,
		places,
		tile,
	);
}

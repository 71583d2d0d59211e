import { biasBytes, biasWriter } from "./bias.ts";
import { type Phase, phases } from "./convolution-phases.ts";
import type { ConvolutionShape } from "./convolution-shape.ts";
import { placesBytes } from "./convolution-window.ts";
import { fillRoutine } from "./fill-routine.ts";
import type { Routine } from "./routine.ts";
import { type Address, panelBytes, tileBytes } from "./simd.ts";
import { windowBytes, windowWriter } from "./window.ts";

/**
 * Gradient of a convolution's input. Operands: dy `[n, outHeight, outWidth, outChannels]`, the filter
 * `[filterHeight, filterWidth, channels, outChannels]` and the result `[n, height, width, channels]`. With stride s
 * the input's rows fall into s phases, and likewise its columns: those of one phase meet the same taps of the filter,
 * so that their gradient is a convolution of `dy` with these taps in reverse order.
 */
export function convolutionInputGradient(shape: ConvolutionShape): Routine {
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
	const parts: Routine[] = [];
	for (const rows of rowPhases) {
		for (const columns of columnPhases) {
			if (rows.taps > 0 && columns.taps > 0) parts.push(phaseGradient(shape, { rows, columns }));
		}
	}
	const isCovered = parts.length === rowPhases.length * columnPhases.length;
	const size = shape.batchSize * shape.inHeight * shape.inWidth * shape.inChannels;
	const clear = isCovered ? [] : [fillRoutine(size, 0)];
	return {
		scratch: largestSizes(parts.map(({ scratch }) => scratch)),
		bind(machine, operands, scratch) {
			const runs = [...clear, ...parts].map((part) => part.bind(machine, operands, scratch));
			return () => {
				for (const run of runs) run();
			};
		},
	};
}

/** Room for whichever of the lists' pieces, one of each list at a time. */
function largestSizes(lists: readonly (readonly number[])[]): readonly number[] {
	const [first = [], ...others] = lists;
	return others.reduce(
		(sizes, other) => sizes.map((size, index) => Math.max(size, other[index] as number)),
		first,
	);
}

/** The gradient at the positions of one phase of the rows and one of the columns, with the same operands. */
function phaseGradient(
	shape: ConvolutionShape,
	{ rows, columns }: { readonly rows: Phase; readonly columns: Phase },
): Routine {
	const { inChannels, outChannels, filterWidth, strideHeight, strideWidth, inWidth } = shape;
	const tapBytes = inChannels * outChannels * 4;
	const pixelBytes = inChannels * 4;
	return {
		scratch: [
			windowBytes,
			rows.padded * columns.padded * outChannels * 4,
			panelBytes(rows.taps * columns.taps * outChannels, inChannels),
			biasBytes(inChannels),
			placesBytes(rows.positions * columns.positions),
			tileBytes,
		],
		bind({ memory, simd }, operands, scratch) {
			const [dy, filter, dx] = operands as readonly [Address, Address, Address];
			const [window, padded, panels, start, places, tile] = scratch as readonly [
				Address,
				Address,
				Address,
				Address,
				Address,
				Address,
			];
			const writeBias = biasWriter(memory, undefined, { at: start, length: inChannels });
			const writeWindow = windowWriter(memory, window, {
				images: shape.batchSize,
				source: dy,
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
			return () => {
				simd.packReversed(
					filter + (rows.firstTap * filterWidth + columns.firstTap) * tapBytes,
					rows.taps,
					strideHeight * filterWidth * tapBytes,
					columns.taps,
					strideWidth * tapBytes,
					inChannels,
					outChannels,
					panels,
				);
				writeBias();
				writeWindow();
				simd.windowProduct(
					window,
					panels,
					inChannels,
					start,
					dx + (rows.firstPosition * inWidth + columns.firstPosition) * pixelBytes,
					shape.inHeight * inWidth * pixelBytes,
					strideHeight * inWidth * pixelBytes,
					strideWidth * pixelBytes,
					places,
					tile,
				);
			};
		},
	};
}

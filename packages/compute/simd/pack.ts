import { tileColumns } from "./tile";

/** Rows packed before the next panel is begun, so that few memory pages are in use at a time. */
const rowBlock: i32 = 64;

/**
 * Packs a matrix `[rows, columns]`, whose element (k, j) lies at `source + k rowStep + j columnStep`, into panels
 * `[rows, 8]` one after the other; the last is filled up with zeros.
 */
export function packPanels(
	source: usize,
	rows: i32,
	rowStep: usize,
	columns: i32,
	columnStep: usize,
	panels: usize,
): void {
	for (let firstRow = 0; firstRow < rows; firstRow += rowBlock) {
		const lastRow = min(firstRow + rowBlock, rows);
		for (let column = 0; column < columns; column += tileColumns) {
			const width = min(columns - column, tileColumns);
			let from = source + usize(firstRow) * rowStep + usize(column) * columnStep;
			let to = panels + ((usize(column) * usize(rows) + usize(firstRow) * usize(tileColumns)) << 2);
			for (let row = firstRow; row < lastRow; row++) {
				if (width == tileColumns && columnStep == 4) {
					v128.store(to, v128.load(from));
					v128.store(to, v128.load(from, 16), 16);
				} else {
					packRow(from, width, columnStep, to);
				}
				from += rowStep;
				to += 32;
			}
		}
	}
}

function packRow(from: usize, width: i32, columnStep: usize, to: usize): void {
	v128.store(to, f32x4.splat(0));
	v128.store(to, f32x4.splat(0), 16);
	for (let j = 0; j < width; j++) store<f32>(to + (usize(j) << 2), load<f32>(from + usize(j) * columnStep));
}

/** Writes the transpose of a matrix `[rows, columns]` with rows `rowStep` bytes apart to `target`. */
export function transpose(source: usize, rows: i32, columns: i32, rowStep: usize, target: usize): void {
	const targetStep = usize(rows) << 2;
	const fullRows = rows & ~3;
	const fullColumns = columns & ~3;
	for (let row = 0; row < fullRows; row += 4) {
		const from = source + usize(row) * rowStep;
		for (let column = 0; column < fullColumns; column += 4) {
			transposeBlock(
				from + (usize(column) << 2),
				rowStep,
				target + usize(column) * targetStep + (usize(row) << 2),
				targetStep,
			);
		}
	}
	for (let row = 0; row < rows; row++) {
		for (let column = row < fullRows ? fullColumns : 0; column < columns; column++) {
			store<f32>(
				target + usize(column) * targetStep + (usize(row) << 2),
				load<f32>(source + usize(row) * rowStep + (usize(column) << 2)),
			);
		}
	}
}

/** Transposes 4 rows by 4 columns. */
export function transposeBlock(source: usize, sourceStep: usize, target: usize, targetStep: usize): void {
	const r0 = v128.load(source);
	const r1 = v128.load(source + sourceStep);
	const r2 = v128.load(source + sourceStep * 2);
	const r3 = v128.load(source + sourceStep * 3);
	const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
	const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
	const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
	const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
	v128.store(target, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
	v128.store(target + targetStep, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
	v128.store(target + targetStep * 2, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
	v128.store(target + targetStep * 3, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}

/**
 * Packs the filter that turns the gradient of a convolution into that of its input: of taps
 * `[tapRows, tapColumns, channels, outChannels]`, `rowStep` and `columnStep` bytes apart, the matrix
 * `[tapRows tapColumns outChannels, channels]` with the taps in reverse order, as panels.
 */
export function packReversed(
	filter: usize,
	tapRows: i32,
	rowStep: usize,
	tapColumns: i32,
	columnStep: usize,
	channels: i32,
	outChannels: i32,
	panels: usize,
): void {
	const depth = tapRows * tapColumns * outChannels;
	const tapBytes = usize(outChannels) << 5;
	for (let row = 0; row < tapRows; row++) {
		for (let column = 0; column < tapColumns; column++) {
			const tap = filter + usize(tapRows - 1 - row) * rowStep + usize(tapColumns - 1 - column) * columnStep;
			const to = panels + usize(row * tapColumns + column) * tapBytes;
			for (let channel = 0; channel < channels; channel += tileColumns) {
				packTransposed(
					tap + (usize(channel * outChannels) << 2),
					min(channels - channel, tileColumns),
					outChannels,
					to + (usize(channel * depth) << 2),
				);
			}
		}
	}
}

/** Packs the transpose of a matrix `[width, rows]` of up to eight rows as part of a panel. */
function packTransposed(source: usize, width: i32, rows: i32, panel: usize): void {
	const rowBytes = usize(rows) << 2;
	let row = 0;
	if (width == tileColumns) {
		for (; row + 4 <= rows; row += 4) {
			const from = source + (usize(row) << 2);
			const to = panel + (usize(row) << 5);
			transposeBlock(from, rowBytes, to, 32);
			transposeBlock(from + rowBytes * 4, rowBytes, to + 16, 32);
		}
	}
	for (; row < rows; row++) packRow(source + (usize(row) << 2), width, rowBytes, panel + (usize(row) << 5));
}

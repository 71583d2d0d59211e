import { transpose } from "./pack";
import { columnsInCache, columnTile, rowTile, tileColumns, tileRows } from "./tile";

/**
 * A filter that slides over padded images `[images, height, width, channels]`. All fields are 32 bits wide and lie
 * in this order, so that JavaScript can write them; pointers and steps are in bytes.
 */
@unmanaged
export class Window {
	images: i32;
	/** The images before padding. */
	source: usize;
	height: i32;
	width: i32;
	channels: i32;
	/** Room for padded images `[paddedHeight, paddedWidth, channels]`; 0 if the images need no padding. */
	padded: usize;
	paddedHeight: i32;
	paddedWidth: i32;
	padTop: i32;
	padLeft: i32;
	/** Where the first tap of the first position lies in a padded image. */
	originRow: i32;
	originColumn: i32;
	/** Positions of the filter and the distances between them, in pixels. */
	rows: i32;
	columns: i32;
	rowStride: i32;
	columnStride: i32;
	/** Taps of the filter and the distances between them, in pixels. */
	tapRows: i32;
	tapColumns: i32;
	tapRowStep: i32;
	tapColumnStep: i32;
}

/** Copies one image into the middle of its padded room. Returns where the padded image lies. */
function padImage(w: Window, image: i32, padded: usize): usize {
	const rowBytes = usize(w.width * w.channels) << 2;
	const from = w.source + usize(image) * usize(w.height) * rowBytes;
	if (w.padded == 0) return from;
	const paddedRowBytes = usize(w.paddedWidth * w.channels) << 2;
	let to = padded + usize(w.padTop) * paddedRowBytes + (usize(w.padLeft * w.channels) << 2);
	for (let row = 0; row < w.height; row++) {
		memory.copy(to, from + usize(row) * rowBytes, rowBytes);
		to += paddedRowBytes;
	}
	return padded;
}

/**
 * Product of every patch under the window with a matrix `[tapRows tapColumns channels, outChannels]` in packed
 * panels, plus one bias for each column, filled up to whole panels. The result for position (row, column) of an image goes to
 * `target + image imageStep + row rowStep + column columnStep`. `places` is room for two integers for every
 * position, rounded up to whole tiles, `tile` for one tile.
 */
export function windowProduct(
	w: Window,
	panels: usize,
	outChannels: i32,
	bias: usize,
	target: usize,
	imageStep: usize,
	rowStep: usize,
	columnStep: usize,
	places: usize,
	tile: usize,
): void {
	const pixel = usize(w.channels) << 2;
	const line = usize(w.paddedWidth) * pixel;
	const merged = w.tapColumnStep == 1;
	const length = merged ? usize(w.tapColumns) * pixel : pixel;
	const segments = merged ? 1 : w.tapColumns;
	const segmentJump: usize = merged ? 0 : usize(w.tapColumnStep - 1) * pixel;
	const groupJump = usize(w.tapRowStep) * line - usize(segments) * (length + segmentJump);
	const depth = w.tapRows * w.tapColumns * w.channels;
	const group = columnsInCache(depth);
	const positions = w.rows * w.columns;
	fillPlaces(w, line, pixel, rowStep, columnStep, places);
	if (w.padded != 0) memory.fill(w.padded, 0, usize(w.paddedHeight) * line);
	for (let image = 0; image < w.images; image++) {
		const origin = padImage(w, image, w.padded) + usize(w.originRow) * line + usize(w.originColumn) * pixel;
		const out = target + usize(image) * imageStep;
		for (let first = 0; first < outChannels; first += group) {
			const last = min(first + group, outChannels);
			for (let position = 0; position < positions; position += tileRows) {
				const place = places + (usize(position) << 3);
				const a0 = origin + usize(load<u32>(place));
				const a1 = origin + usize(load<u32>(place, 8));
				const a2 = origin + usize(load<u32>(place, 16));
				const a3 = origin + usize(load<u32>(place, 24));
				for (let channel = first; channel < last; channel += tileColumns) {
					const whole = outChannels - channel >= tileColumns;
					const to = out + (usize(channel) << 2);
					const c0 = to + usize(load<u32>(place, 4));
					const c1 = to + usize(load<u32>(place, 12));
					const c2 = to + usize(load<u32>(place, 20));
					const c3 = to + usize(load<u32>(place, 28));
					rowTile(
						w.tapRows,
						groupJump,
						segments,
						segmentJump,
						length,
						a0,
						a1,
						a2,
						a3,
						panels + (usize(channel * depth) << 2),
						bias + (usize(channel) << 2),
						whole ? c0 : tile,
						whole ? c1 : tile + 32,
						whole ? c2 : tile + 64,
						whole ? c3 : tile + 96,
					);
					if (whole) continue;
					const bytes = usize(outChannels - channel) << 2;
					memory.copy(c0, tile, bytes);
					memory.copy(c1, tile + 32, bytes);
					memory.copy(c2, tile + 64, bytes);
					memory.copy(c3, tile + 96, bytes);
				}
			}
		}
	}
}

/**
 * Byte offsets of every position in a padded image and in the result. Positions that fill up the last tile repeat
 * the last one: they give the same values at the same place.
 */
function fillPlaces(
	w: Window,
	line: usize,
	pixel: usize,
	rowStep: usize,
	columnStep: usize,
	places: usize,
): void {
	const positions = w.rows * w.columns;
	const filled = (positions + tileRows - 1) & -tileRows;
	for (let i = 0; i < filled; i++) {
		const position = min(i, positions - 1);
		const row = position / w.columns;
		const column = position % w.columns;
		const from = usize(row * w.rowStride) * line + usize(column * w.columnStride) * pixel;
		store<u32>(places + (usize(i) << 3), u32(from));
		store<u32>(places + (usize(i) << 3), u32(usize(row) * rowStep + usize(column) * columnStep), 4);
	}
}

/**
 * Sum over all positions of the outer product of the patch under the window with `factor`
 * `[images, rows, columns, factorChannels]`: the gradient of a convolution's filter
 * `[tapRows tapColumns channels, factorChannels]`, written to `target`.
 *
 * `offsets` is room for `[taps channels]` integers, `panel` for `[group positions, 8]` numbers and `sums` for
 * `[factorChannels, taps channels]` numbers, both extents rounded up to whole tiles. What the last panel's missing
 * columns hold is computed with, but goes to sums that nobody reads. A tile reads up to 12 bytes
 * beyond `factor`, which the allocator's end mark keeps inside the memory.
 */
export function windowOuterProduct(
	w: Window,
	factor: usize,
	factorChannels: i32,
	group: i32,
	offsets: usize,
	panel: usize,
	sums: usize,
	target: usize,
): void {
	const pixel = usize(w.channels) << 2;
	const line = usize(w.paddedWidth) * pixel;
	const imageBytes = usize(w.paddedHeight) * line;
	const depth = w.tapRows * w.tapColumns * w.channels;
	const sumStep = usize((depth + tileColumns - 1) & -tileColumns) << 2;
	const positions = w.rows * w.columns;
	const factorStep = usize(factorChannels) << 2;
	fillOffsets(w, line, pixel, offsets);
	if (w.padded != 0) memory.fill(w.padded, 0, usize(group) * imageBytes);
	for (let first = 0; first < w.images; first += group) {
		const count = min(group, w.images - first);
		let base = w.padded;
		for (let i = 0; i < count; i++) {
			const at = padImage(w, first + i, w.padded + usize(i) * imageBytes);
			if (i == 0) base = at;
		}
		base += usize(w.originRow) * line + usize(w.originColumn) * pixel;
		for (let column = 0; column < depth; column += tileColumns) {
			packPatches(
				w,
				base,
				line,
				pixel,
				imageBytes,
				count,
				offsets + (usize(column) << 2),
				min(depth - column, tileColumns),
				panel,
			);
			for (let channel = 0; channel < factorChannels; channel += tileRows) {
				columnTile(
					count * positions,
					factor + usize(first * positions) * factorStep + (usize(channel) << 2),
					factorStep,
					panel,
					sums + usize(channel) * sumStep + (usize(column) << 2),
					sumStep,
					first > 0,
				);
			}
		}
	}
	transpose(sums, factorChannels, depth, sumStep, target);
}

/** Byte offset of every value of a patch from the patch's first. */
function fillOffsets(w: Window, line: usize, pixel: usize, offsets: usize): void {
	for (let row = 0; row < w.tapRows; row++) {
		for (let column = 0; column < w.tapColumns; column++) {
			const tap = usize(row * w.tapRowStep) * line + usize(column * w.tapColumnStep) * pixel;
			for (let channel = 0; channel < w.channels; channel++) {
				store<u32>(offsets, u32(tap + (usize(channel) << 2)));
				offsets += 4;
			}
		}
	}
}

/** Packs up to eight columns of the matrix of patches into a panel `[images positions, 8]`. */
function packPatches(
	w: Window,
	base: usize,
	line: usize,
	pixel: usize,
	imageBytes: usize,
	images: i32,
	offsets: usize,
	width: i32,
	panel: usize,
): void {
	const columnStep = usize(w.columnStride) * pixel;
	const rowStep = usize(w.rowStride) * line;
	const first = usize(load<u32>(offsets));
	const contiguous = width == tileColumns && load<u32>(offsets, 28) - u32(first) == 28;
	for (let image = 0; image < images; image++) {
		for (let row = 0; row < w.rows; row++) {
			let from = base + usize(image) * imageBytes + usize(row) * rowStep;
			const end = from + usize(w.columns) * columnStep;
			if (contiguous) {
				for (; from != end; from += columnStep) {
					v128.store(panel, v128.load(from + first));
					v128.store(panel, v128.load(from + first, 16), 16);
					panel += 32;
				}
			} else {
				for (; from != end; from += columnStep) {
					for (let j = 0; j < width; j++) {
						store<f32>(
							panel + (usize(j) << 2),
							load<f32>(from + usize(load<u32>(offsets + (usize(j) << 2)))),
						);
					}
					panel += 32;
				}
			}
		}
	}
}

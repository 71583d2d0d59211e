import { Window } from "./window";

/** Bytes of patches that are written tap row by tap row before the next are begun: few enough for the first cache. */
const blockBytes: i32 = 8192;

/**
 * Writes what lies under every position of a window that slides over the images `x` `[images, height, width, channels]`
 * as a row of a matrix `[images rows columns, tapRows tapColumns channels]`, with zeros where the window leaves the
 * image. The window says neither where the images lie nor of gaps between its taps.
 */
export function unfold(w: Window, x: usize, target: usize): void {
	const columns = w.columns;
	const columnStride = w.columnStride;
	const tapRows = w.tapRows;
	const height = w.height;
	const padLeft = w.padLeft;
	const pixel = usize(w.channels) << 2;
	const line = usize(w.width) * pixel;
	const run = usize(w.tapColumns) * pixel;
	const patch = usize(tapRows) * run;
	if (patch == 0) return;
	const block = max(1, blockBytes / i32(patch));
	// The positions whose window does not leave the image at the sides.
	const firstInside = min(columns, (padLeft + columnStride - 1) / columnStride);
	const room = w.width + padLeft - w.tapColumns;
	const endInside = room < 0 ? 0 : room / columnStride + 1;
	for (let i = 0; i < w.images; i++) {
		for (let row = 0; row < w.rows; row++) {
			for (let column = 0; column < columns; column += block) {
				const end = min(column + block, columns);
				const first = min(max(column, firstInside), end);
				const last = max(first, min(end, endInside));
				const top = row * w.rowStride - w.padTop;
				for (let a = 0; a < tapRows; a++) {
					const y = top + a;
					const to = target + usize(a) * run;
					if (y < 0 || y >= height) {
						for (let j = 0; j < end - column; j++) clear(to + usize(j) * patch, run);
						continue;
					}
					const from = x + usize(y) * line;
					// The call alone would cost about as much as a short run.
					if (column < first) copyBorders(w, from, column, first, to);
					copyRuns(
						from + usize(first * columnStride - padLeft) * pixel,
						usize(columnStride) * pixel,
						to + usize(first - column) * patch,
						patch,
						last - first,
						run,
					);
					if (last < end) copyBorders(w, from, last, end, to + usize(last - column) * patch);
				}
				target += usize(end - column) * patch;
			}
		}
		x += usize(height) * line;
	}
}

/**
 * Copies what lies on a line of the image under the positions `first` to `end` of a window, which may leave it at the
 * sides; what lies outside becomes 0.
 */
function copyBorders(w: Window, line: usize, first: i32, end: i32, to: usize): void {
	const pixel = usize(w.channels) << 2;
	const taps = w.tapColumns;
	const patch = usize(w.tapRows * taps) * pixel;
	for (let column = first; column < end; column++) {
		const left = column * w.columnStride - w.padLeft;
		const begin = min(max(-left, 0), taps);
		const stop = max(begin, min(taps, w.width - left));
		const inside = usize(stop - begin) * pixel;
		clear(to, usize(begin) * pixel);
		copyRuns(line + usize(left + begin) * pixel, 0, to + usize(begin) * pixel, 0, 1, inside);
		clear(to + usize(stop) * pixel, usize(taps - stop) * pixel);
		to += patch;
	}
}

/** Sets so many bytes to 0. */
function clear(target: usize, bytes: usize): void {
	const end = target + bytes;
	for (; target + 16 <= end; target += 16) v128.store(target, f32x4.splat(0));
	for (; target < end; target += 4) store<f32>(target, 0);
}

/**
 * Copies `count` runs of so many bytes that lie `fromStep` apart to places `toStep` apart. The last 16 bytes of a run
 * may be copied together with some that were copied before.
 */
function copyRuns(from: usize, fromStep: usize, to: usize, toStep: usize, count: i32, bytes: usize): void {
	const last = bytes - 16;
	if (bytes < 16) {
		const rest = bytes & 8;
		for (let j = 0; j < count; j++) {
			if (rest != 0) store<u64>(to, load<u64>(from));
			if ((bytes & 4) != 0) store<u32>(to + rest, load<u32>(from + rest));
			from += fromStep;
			to += toStep;
		}
	} else if (bytes <= 32) {
		for (let j = 0; j < count; j++) {
			v128.store(to, v128.load(from));
			v128.store(to + last, v128.load(from + last));
			from += fromStep;
			to += toStep;
		}
	} else if (bytes <= 48) {
		for (let j = 0; j < count; j++) {
			v128.store(to, v128.load(from));
			v128.store(to, v128.load(from, 16), 16);
			v128.store(to + last, v128.load(from + last));
			from += fromStep;
			to += toStep;
		}
	} else {
		for (let j = 0; j < count; j++) {
			copyRun(from, to, bytes);
			from += fromStep;
			to += toStep;
		}
	}
}

/** Copies at least 16 bytes. */
function copyRun(from: usize, to: usize, bytes: usize): void {
	let i: usize = 0;
	for (; i + 64 <= bytes; i += 64) {
		const v0 = v128.load(from + i);
		const v1 = v128.load(from + i, 16);
		const v2 = v128.load(from + i, 32);
		const v3 = v128.load(from + i, 48);
		v128.store(to + i, v0);
		v128.store(to + i, v1, 16);
		v128.store(to + i, v2, 32);
		v128.store(to + i, v3, 48);
	}
	if (i == bytes) return;
	const last = bytes - 16;
	for (; i < last; i += 16) v128.store(to + i, v128.load(from + i));
	v128.store(to + last, v128.load(from + last));
}

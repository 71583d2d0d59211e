// The arguments that say how a window slides over images `[images, height, width, channels]`: `rows` by `columns`
// positions, `rowStride` and `columnStride` pixels apart, of `tapRows` by `tapColumns` pixels each; the first begins
// `padTop` and `padLeft` pixels outside the image.

/** Bytes of patches that are written tap row by tap row before the next are begun: few enough for the first cache. */
const blockBytes: i32 = 8192;

/**
 * Writes what lies under every position of a window as a row of a matrix
 * `[images rows columns, tapRows tapColumns channels]`, with zeros where the window leaves the image.
 */
export function unfold(
	x: usize,
	target: usize,
	images: i32,
	height: i32,
	width: i32,
	channels: i32,
	rows: i32,
	columns: i32,
	rowStride: i32,
	columnStride: i32,
	tapRows: i32,
	tapColumns: i32,
	padTop: i32,
	padLeft: i32,
): void {
	const pixel = usize(channels) << 2;
	const line = usize(width) * pixel;
	const run = usize(tapColumns) * pixel;
	const patch = usize(tapRows) * run;
	if (patch == 0) return;
	const block = max(1, blockBytes / i32(patch));
	// The positions whose window does not leave the image at the sides.
	const firstInside = min(columns, (padLeft + columnStride - 1) / columnStride);
	const room = width + padLeft - tapColumns;
	const endInside = room < 0 ? 0 : room / columnStride + 1;
	for (let i = 0; i < images; i++) {
		for (let row = 0; row < rows; row++) {
			for (let column = 0; column < columns; column += block) {
				const end = min(column + block, columns);
				const first = min(max(column, firstInside), end);
				const last = max(first, min(end, endInside));
				for (let a = 0; a < tapRows; a++) {
					const y = row * rowStride - padTop + a;
					const to = target + usize(a) * run;
					if (y < 0 || y >= height) {
						for (let j = 0; j < end - column; j++) clear(to + usize(j) * patch, run);
						continue;
					}
					const from = x + usize(y) * line;
					for (let j = column; j < first; j++) {
						copyBorder(
							from,
							j * columnStride - padLeft,
							width,
							tapColumns,
							pixel,
							to + usize(j - column) * patch,
						);
					}
					copyRuns(
						from + usize(first * columnStride - padLeft) * pixel,
						usize(columnStride) * pixel,
						to + usize(first - column) * patch,
						patch,
						last - first,
						run,
					);
					for (let j = last; j < end; j++) {
						copyBorder(
							from,
							j * columnStride - padLeft,
							width,
							tapColumns,
							pixel,
							to + usize(j - column) * patch,
						);
					}
				}
				target += usize(end - column) * patch;
			}
		}
		x += usize(height) * line;
	}
}

/** Copies the part inside the image of `taps` pixels of a line that begin at pixel `left`; the others become 0. */
function copyBorder(line: usize, left: i32, width: i32, taps: i32, pixel: usize, to: usize): void {
	const first = min(max(-left, 0), taps);
	const end = max(first, min(taps, width - left));
	clear(to, usize(first) * pixel);
	const inside = usize(end - first) * pixel;
	copyRuns(line + usize(left + first) * pixel, 0, to + usize(first) * pixel, 0, 1, inside);
	clear(to + usize(end) * pixel, usize(taps - end) * pixel);
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

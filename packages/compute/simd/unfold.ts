// The arguments that say how a window slides over images `[images, height, width, channels]`: `rows` by `columns`
// positions, `rowStride` and `columnStride` pixels apart, of `tapRows` by `tapColumns` pixels each; the first begins
// `padTop` and `padLeft` pixels outside the image.

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
	for (let i = 0; i < images; i++) {
		for (let row = 0; row < rows; row++) {
			const top = row * rowStride - padTop;
			const firstTap = min(max(-top, 0), tapRows);
			const endTap = max(firstTap, min(tapRows, height - top));
			for (let column = 0; column < columns; column++) {
				const left = column * columnStride - padLeft;
				const first = min(max(-left, 0), tapColumns);
				const end = max(first, min(tapColumns, width - left));
				if (firstTap > 0) target = clear(target, usize(firstTap) * run);
				let from = x + usize(top + firstTap) * line + usize(left + first) * pixel;
				if (end - first == tapColumns) {
					for (let a = firstTap; a < endTap; a++) {
						copyRun(from, target, run);
						target += run;
						from += line;
					}
				} else {
					const before = usize(first) * pixel;
					const inside = usize(end - first) * pixel;
					const after = usize(tapColumns - end) * pixel;
					for (let a = firstTap; a < endTap; a++) {
						target = clear(target, before);
						copyRun(from, target, inside);
						target = clear(target + inside, after);
						from += line;
					}
				}
				if (endTap < tapRows) target = clear(target, usize(tapRows - endTap) * run);
			}
		}
		x += usize(height) * line;
	}
}

/** Sets so many bytes to 0 and returns where they end. */
function clear(target: usize, bytes: usize): usize {
	const end = target + bytes;
	for (; target + 16 <= end; target += 16) v128.store(target, f32x4.splat(0));
	for (; target < end; target += 4) store<f32>(target, 0);
	return end;
}

/** Copies neighbours. The last 16 bytes may be copied together with some that were copied before. */
function copyRun(from: usize, to: usize, bytes: usize): void {
	if (bytes < 16) {
		for (let i: usize = 0; i < bytes; i += 4) store<f32>(to + i, load<f32>(from + i));
		return;
	}
	const last = bytes - 16;
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
	for (; i < last; i += 16) v128.store(to + i, v128.load(from + i));
	v128.store(to + last, v128.load(from + last));
}

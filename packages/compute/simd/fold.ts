/**
 * The transpose of `unfold`, with its arguments: adds every value of the matrix
 * `[images rows columns, tapRows tapColumns channels]` to the pixel that `unfold` takes it from. The order of the
 * additions depends on the arguments only.
 */
export function fold(
	matrix: usize,
	dx: usize,
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
	// A vector that begins within one that was just stored has to wait for it: patches that overlap in part of a
	// vector do not follow each other.
	const step = (channels & 3) == 0 ? 1 : (tapColumns + columnStride - 1) / columnStride;
	memory.fill(dx, 0, usize(images) * usize(height) * line);
	for (let i = 0; i < images; i++) {
		for (let row = 0; row < rows; row++) {
			const top = row * rowStride - padTop;
			const firstTap = min(max(-top, 0), tapRows);
			const endTap = max(firstTap, min(tapRows, height - top));
			for (let start = 0; start < min(step, columns); start++) {
				for (let column = start; column < columns; column += step) {
					const left = column * columnStride - padLeft;
					const first = min(max(-left, 0), tapColumns);
					const end = max(first, min(tapColumns, width - left));
					let from = matrix + usize(column) * patch + usize(firstTap) * run + usize(first) * pixel;
					let to = dx + usize(top + firstTap) * line + usize(left + first) * pixel;
					const bytes = usize(end - first) * pixel;
					for (let a = firstTap; a < endTap; a++) {
						addRun(from, to, bytes);
						from += run;
						to += line;
					}
				}
			}
			matrix += usize(columns) * patch;
		}
		dx += usize(height) * line;
	}
}

/** target += source */
function addRun(source: usize, target: usize, bytes: usize): void {
	let i: usize = 0;
	for (; i + 64 <= bytes; i += 64) {
		const s0 = f32x4.add(v128.load(target + i), v128.load(source + i));
		const s1 = f32x4.add(v128.load(target + i, 16), v128.load(source + i, 16));
		const s2 = f32x4.add(v128.load(target + i, 32), v128.load(source + i, 32));
		const s3 = f32x4.add(v128.load(target + i, 48), v128.load(source + i, 48));
		v128.store(target + i, s0);
		v128.store(target + i, s1, 16);
		v128.store(target + i, s2, 32);
		v128.store(target + i, s3, 48);
	}
	for (; i + 16 <= bytes; i += 16) {
		v128.store(target + i, f32x4.add(v128.load(target + i), v128.load(source + i)));
	}
	if ((bytes & 8) != 0) {
		const sums = f32x4.add(v128.load64_zero(target + i), v128.load64_zero(source + i));
		v128.store_lane<f64>(target + i, sums, 0);
		i += 8;
	}
	if ((bytes & 4) != 0) store<f32>(target + i, load<f32>(target + i) + load<f32>(source + i));
}

/**
 * The transpose of `unfold`, with its arguments: adds every value of the matrix
 * `[images rows columns, tapRows tapColumns channels]` to the pixel that `unfold` takes it from. The order of the
 * additions depends on the number of channels only.
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
	memory.fill(dx, 0, usize(images) * usize(height) * line);
	for (let i = 0; i < images; i++) {
		for (let row = 0; row < rows; row++) {
			const top = row * rowStride - padTop;
			const firstTap = min(max(-top, 0), tapRows);
			const endTap = max(firstTap, min(tapRows, height - top));
			if ((channels & 3) == 0) {
				for (let column = 0; column < columns; column++) {
					const left = column * columnStride - padLeft;
					const first = min(max(-left, 0), tapColumns);
					const end = max(first, min(tapColumns, width - left));
					let from = matrix + usize(column) * patch + usize(firstTap) * run + usize(first) * pixel;
					let to = dx + usize(top + firstTap) * line + usize(left + first) * pixel;
					for (let a = firstTap; a < endTap; a++) {
						addVectors(from, to, usize(end - first) * pixel);
						from += run;
						to += line;
					}
				}
			} else {
				// Tap by tap, since a vector that begins within one that was just stored must wait for it.
				for (let a = firstTap; a < endTap; a++) {
					for (let b = 0; b < tapColumns; b++) {
						const first = padLeft <= b ? 0 : (padLeft - b + columnStride - 1) / columnStride;
						const room = width + padLeft - b;
						const end = room <= 0 ? 0 : min(columns, (room - 1) / columnStride + 1);
						addPixels(
							matrix + usize(first) * patch + usize(a) * run + usize(b) * pixel,
							patch,
							end - first,
							pixel,
							dx + usize(top + a) * line + usize(first * columnStride - padLeft + b) * pixel,
							usize(columnStride) * pixel,
						);
					}
				}
			}
			matrix += usize(columns) * patch;
		}
		dx += usize(height) * line;
	}
}

/** target += source for a multiple of 16 bytes */
function addVectors(source: usize, target: usize, bytes: usize): void {
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
	for (; i < bytes; i += 16) {
		v128.store(target + i, f32x4.add(v128.load(target + i), v128.load(source + i)));
	}
}

/** Adds `count` pixels that lie `sourceStep` bytes apart to as many that lie `targetStep` bytes apart. */
function addPixels(
	source: usize,
	sourceStep: usize,
	count: i32,
	pixel: usize,
	target: usize,
	targetStep: usize,
): void {
	const vectors = pixel & ~15;
	for (let j = 0; j < count; j++) {
		let i: usize = 0;
		for (; i < vectors; i += 16) {
			v128.store(target + i, f32x4.add(v128.load(target + i), v128.load(source + i)));
		}
		for (; i < pixel; i += 4) store<f32>(target + i, load<f32>(target + i) + load<f32>(source + i));
		source += sourceStep;
		target += targetStep;
	}
}

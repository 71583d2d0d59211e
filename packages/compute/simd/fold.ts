import { Window } from "./window";

/**
 * The transpose of `unfold`: adds every value of the matrix to the pixel of `dx` that `unfold` takes it from. The order
 * of the additions depends on the window only.
 */
export function fold(w: Window, matrix: usize, dx: usize): void {
	const pixel = usize(w.channels) << 2;
	const line = usize(w.width) * pixel;
	const run = usize(w.tapColumns) * pixel;
	const patch = usize(w.tapRows) * run;
	// A vector that begins within one that was just stored has to wait for it: patches that overlap in part of a
	// vector do not follow each other.
	const step = (w.channels & 3) == 0 ? 1 : (w.tapColumns + w.columnStride - 1) / w.columnStride;
	memory.fill(dx, 0, usize(w.images) * usize(w.height) * line);
	for (let i = 0; i < w.images; i++) {
		for (let row = 0; row < w.rows; row++) {
			const top = row * w.rowStride - w.padTop;
			const firstTap = min(max(-top, 0), w.tapRows);
			const endTap = max(firstTap, min(w.tapRows, w.height - top));
			for (let start = 0; start < min(step, w.columns); start++) {
				for (let column = start; column < w.columns; column += step) {
					const left = column * w.columnStride - w.padLeft;
					const first = min(max(-left, 0), w.tapColumns);
					const end = max(first, min(w.tapColumns, w.width - left));
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
			matrix += usize(w.columns) * patch;
		}
		dx += usize(w.height) * line;
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

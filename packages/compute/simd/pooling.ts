import { Window } from "./window";

// What pooling makes of the values under a window is a type argument, and so is how many channels are taken at a
// time, so that the compiler makes one loop for each; their classes have no instances.

@unmanaged
class Highest {
	start(): v128 {
		return f32x4.splat(-Infinity);
	}
	/** The first unless the second is greater: what is not a number is passed over. */
	combine(a: v128, b: v128): v128 {
		return f32x4.pmax(a, b);
	}
	finish(total: v128, count: i32): v128 {
		return total;
	}
}

@unmanaged
class Mean {
	start(): v128 {
		return f32x4.splat(0);
	}
	combine(a: v128, b: v128): v128 {
		return f32x4.add(a, b);
	}
	finish(total: v128, count: i32): v128 {
		return f32x4.div(total, f32x4.splat(f32(count)));
	}
}

@unmanaged
class FourChannels {
	load(x: usize): v128 {
		return v128.load(x);
	}
	store(target: usize, values: v128): void {
		v128.store(target, values);
	}
}

@unmanaged
class OneChannel {
	load(x: usize): v128 {
		return v128.load32_zero(x);
	}
	store(target: usize, values: v128): void {
		v128.store_lane<f32>(target, values, 0);
	}
}

/**
 * Highest value under each position of a window, as for `unfold`: `[images, rows, columns, channels]`, -infinity where
 * it covers no pixel.
 */
export function maxPool(w: Window, x: usize, target: usize): void {
	pool<Highest>(w, x, target);
}

/** Mean of the pixels under each position of a window, with the arguments of `maxPool`; padding does not count. */
export function averagePool(w: Window, x: usize, target: usize): void {
	pool<Mean>(w, x, target);
}

function pool<Operation>(w: Window, x: usize, target: usize): void {
	const pixel = usize(w.channels) << 2;
	const line = usize(w.width) * pixel;
	const end = w.columns * w.columnStride - w.padLeft;
	for (let i = 0; i < w.images; i++) {
		for (let row = 0; row < w.rows; row++) {
			const top = row * w.rowStride - w.padTop;
			const firstRow = max(top, 0);
			const countRows = max(min(top + w.tapRows, w.height) - firstRow, 0);
			for (let left = -w.padLeft; left < end; left += w.columnStride) {
				const firstColumn = max(left, 0);
				const countColumns = max(min(left + w.tapColumns, w.width) - firstColumn, 0);
				const from = x + usize(firstRow) * line + usize(firstColumn) * pixel;
				if (countRows == 2 && countColumns == 2) poolFour<Operation>(from, line, pixel, target);
				else poolPixels<Operation>(from, countRows, line, countColumns, pixel, target);
				target += pixel;
			}
		}
		x += usize(w.height) * line;
	}
}

/** Pools two by two pixels. The last 16 bytes may be found together with some that were found before. */
function poolFour<Operation>(x: usize, line: usize, pixel: usize, target: usize): void {
	if (pixel < 16) {
		for (let i: usize = 0; i < pixel; i += 4) {
			poolFourOf<Operation, OneChannel>(x + i, line, pixel, target + i);
		}
		return;
	}
	const last = pixel - 16;
	let i: usize = 0;
	while (true) {
		poolFourOf<Operation, FourChannels>(x + i, line, pixel, target + i);
		if (i >= last) break;
		i = min(i + 16, last);
	}
}

function poolFourOf<Operation, Lanes>(x: usize, line: usize, pixel: usize, target: usize): void {
	const operation = changetype<Operation>(0);
	const lanes = changetype<Lanes>(0);
	let total = operation.combine(operation.start(), lanes.load(x));
	total = operation.combine(total, lanes.load(x + pixel));
	total = operation.combine(total, lanes.load(x + line));
	total = operation.combine(total, lanes.load(x + line + pixel));
	lanes.store(target, operation.finish(total, 4));
}

/** Pools `rows` by `columns` pixels. */
function poolPixels<Operation>(
	x: usize,
	rows: i32,
	line: usize,
	columns: i32,
	pixel: usize,
	target: usize,
): void {
	const vectors = pixel & ~15;
	let i: usize = 0;
	for (; i < vectors; i += 16) {
		poolPixelsOf<Operation, FourChannels>(x + i, rows, line, columns, pixel, target + i);
	}
	for (; i < pixel; i += 4) {
		poolPixelsOf<Operation, OneChannel>(x + i, rows, line, columns, pixel, target + i);
	}
}

function poolPixelsOf<Operation, Lanes>(
	x: usize,
	rows: i32,
	line: usize,
	columns: i32,
	pixel: usize,
	target: usize,
): void {
	const operation = changetype<Operation>(0);
	const lanes = changetype<Lanes>(0);
	let total = operation.start();
	for (let a = 0; a < rows; a++) {
		let from = x + usize(a) * line;
		for (let b = 0; b < columns; b++) {
			total = operation.combine(total, lanes.load(from));
			from += pixel;
		}
	}
	lanes.store(target, operation.finish(total, rows * columns));
}

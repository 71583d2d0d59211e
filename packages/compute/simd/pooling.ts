// What pooling makes of the values under a window is a type argument, so that the compiler makes one loop for each.

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

/** Highest value under each position of a window, with the arguments of `unfold`; -infinity if it covers no pixel. */
export function maxPool(
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
	pool<Highest>(
		x,
		target,
		images,
		height,
		width,
		channels,
		rows,
		columns,
		rowStride,
		columnStride,
		tapRows,
		tapColumns,
		padTop,
		padLeft,
	);
}

/** Mean of the pixels under each position of a window, with the arguments of `unfold`; padding does not count. */
export function averagePool(
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
	pool<Mean>(
		x,
		target,
		images,
		height,
		width,
		channels,
		rows,
		columns,
		rowStride,
		columnStride,
		tapRows,
		tapColumns,
		padTop,
		padLeft,
	);
}

function pool<Operation>(
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
	for (let i = 0; i < images; i++) {
		for (let row = 0; row < rows; row++) {
			const top = row * rowStride - padTop;
			const firstRow = max(top, 0);
			const countRows = max(min(top + tapRows, height) - firstRow, 0);
			for (let column = 0; column < columns; column++) {
				const left = column * columnStride - padLeft;
				const firstColumn = max(left, 0);
				const countColumns = max(min(left + tapColumns, width) - firstColumn, 0);
				const from = x + usize(firstRow) * line + usize(firstColumn) * pixel;
				if (countRows == 2 && countColumns == 2) poolFour<Operation>(from, line, pixel, target);
				else poolPixels<Operation>(from, countRows, line, countColumns, pixel, target);
				target += pixel;
			}
		}
		x += usize(height) * line;
	}
}

/** Pools two by two pixels. The last 16 bytes may be found together with some that were found before. */
function poolFour<Operation>(x: usize, line: usize, pixel: usize, target: usize): void {
	const operation = changetype<Operation>(0);
	if (pixel < 16) {
		for (let i: usize = 0; i < pixel; i += 4) {
			let total = operation.combine(operation.start(), v128.load32_zero(x + i));
			total = operation.combine(total, v128.load32_zero(x + i + pixel));
			total = operation.combine(total, v128.load32_zero(x + i + line));
			total = operation.combine(total, v128.load32_zero(x + i + line + pixel));
			v128.store_lane<f32>(target + i, operation.finish(total, 4), 0);
		}
		return;
	}
	const last = pixel - 16;
	let i: usize = 0;
	while (true) {
		let total = operation.combine(operation.start(), v128.load(x + i));
		total = operation.combine(total, v128.load(x + i + pixel));
		total = operation.combine(total, v128.load(x + i + line));
		total = operation.combine(total, v128.load(x + i + line + pixel));
		v128.store(target + i, operation.finish(total, 4));
		if (i >= last) break;
		i = min(i + 16, last);
	}
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
	const operation = changetype<Operation>(0);
	const count = rows * columns;
	const vectors = pixel & ~15;
	let i: usize = 0;
	for (; i < vectors; i += 16) {
		let total = operation.start();
		for (let a = 0; a < rows; a++) {
			let from = x + i + usize(a) * line;
			for (let b = 0; b < columns; b++) {
				total = operation.combine(total, v128.load(from));
				from += pixel;
			}
		}
		v128.store(target + i, operation.finish(total, count));
	}
	for (; i < pixel; i += 4) {
		let total = operation.start();
		for (let a = 0; a < rows; a++) {
			let from = x + i + usize(a) * line;
			for (let b = 0; b < columns; b++) {
				total = operation.combine(total, v128.load32_zero(from));
				from += pixel;
			}
		}
		v128.store_lane<f32>(target + i, operation.finish(total, count), 0);
	}
}

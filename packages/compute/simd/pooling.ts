import { Window } from "./window";

/**
 * Gradient of max pooling by its input: each window hands its value of `dy` to the first of its highest values.
 * `w` slides over the input `[images, height, width, channels]`, `output` and `dy` are
 * `[images, rows, columns, channels]`, and `dx` is like the input.
 */
export function maxPoolGradient(w: Window, output: usize, dy: usize, dx: usize): void {
	const pixel = usize(w.channels) << 2;
	const line = usize(w.width) * pixel;
	const image = usize(w.height) * line;
	const inVectors = pixel & ~15;
	memory.fill(dx, 0, usize(w.images) * image);
	let at: usize = 0;
	for (let i = 0; i < w.images; i++) {
		for (let row = 0; row < w.rows; row++) {
			const top = row * w.rowStride - w.padTop;
			for (let column = 0; column < w.columns; column++) {
				const left = column * w.columnStride - w.padLeft;
				const firstRow = max(top, 0);
				const firstColumn = max(left, 0);
				const endRow = min(top + w.tapRows, w.height);
				const endColumn = min(left + w.tapColumns, w.width);
				const first = usize(i) * image + usize(firstRow) * line + usize(firstColumn) * pixel;
				const rows = endRow - firstRow;
				const columns = endColumn - firstColumn;
				let channel: usize = 0;
				for (; channel < inVectors; channel += 16) {
					const highest = v128.load(output + at + channel);
					const slope = v128.load(dy + at + channel);
					let open = i32x4.splat(-1);
					for (let a = 0; a < rows; a++) {
						let place = first + usize(a) * line + channel;
						for (let b = 0; b < columns; b++) {
							const hit = v128.and(open, f32x4.eq(v128.load(w.source + place), highest));
							v128.store(dx + place, f32x4.add(v128.load(dx + place), v128.and(slope, hit)));
							open = v128.andnot(open, hit);
							place += pixel;
						}
					}
				}
				for (; channel < pixel; channel += 4) {
					const place = firstEqual(
						w.source + first + channel,
						load<f32>(output + at + channel),
						rows,
						columns,
						line,
						pixel,
					);
					if (place == 0) continue;
					const target = place - w.source + dx;
					store<f32>(target, load<f32>(target) + load<f32>(dy + at + channel));
				}
				at += pixel;
			}
		}
	}
}

/** Where in a window the first value equal to `wanted` lies; 0 if nowhere, as where a value is not a number. */
function firstEqual(window: usize, wanted: f32, rows: i32, columns: i32, line: usize, pixel: usize): usize {
	for (let a = 0; a < rows; a++) {
		for (let b = 0; b < columns; b++) {
			const place = window + usize(a) * line + usize(b) * pixel;
			if (load<f32>(place) == wanted) return place;
		}
	}
	return 0;
}

/**
 * Gradient of average pooling by its input, with the arguments of `maxPoolGradient`: each window shares its value of
 * `dy` out among the pixels that it covers, padding not counted.
 */
export function averagePoolGradient(w: Window, dy: usize, dx: usize): void {
	const pixel = usize(w.channels) << 2;
	const line = usize(w.width) * pixel;
	const image = usize(w.height) * line;
	const inVectors = pixel & ~15;
	memory.fill(dx, 0, usize(w.images) * image);
	for (let i = 0; i < w.images; i++) {
		for (let row = 0; row < w.rows; row++) {
			const top = row * w.rowStride - w.padTop;
			const firstRow = max(top, 0);
			const rows = min(top + w.tapRows, w.height) - firstRow;
			for (let column = 0; column < w.columns; column++) {
				const left = column * w.columnStride - w.padLeft;
				const firstColumn = max(left, 0);
				const columns = min(left + w.tapColumns, w.width) - firstColumn;
				const first = dx + usize(i) * image + usize(firstRow) * line + usize(firstColumn) * pixel;
				const part: f32 = 1 / f32(rows * columns);
				for (let a = 0; a < rows; a++) {
					for (let b = 0; b < columns; b++) {
						const place = first + usize(a) * line + usize(b) * pixel;
						let channel: usize = 0;
						for (; channel < inVectors; channel += 16) {
							const share = f32x4.mul(v128.load(dy + channel), f32x4.splat(part));
							v128.store(place + channel, f32x4.add(v128.load(place + channel), share));
						}
						for (; channel < pixel; channel += 4) {
							const share = load<f32>(dy + channel) * part;
							store<f32>(place + channel, load<f32>(place + channel) + share);
						}
					}
				}
				dy += pixel;
			}
		}
	}
}

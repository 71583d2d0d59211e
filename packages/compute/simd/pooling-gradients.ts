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
	if (isOfFour(w)) {
		handOut<ToHighest>(w, output, dy, dx);
		return;
	}
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

/** Whether windows of two by two pixels lie side by side, all of them inside the image. */
function isOfFour(w: Window): bool {
	return (
		w.tapRows == 2 &&
		w.tapColumns == 2 &&
		w.rowStride == 2 &&
		w.columnStride == 2 &&
		w.padTop == 0 &&
		w.padLeft == 0 &&
		w.rows << 1 <= w.height &&
		w.columns << 1 <= w.width
	);
}

/** Hands each slope to the first of the highest values. */
@unmanaged
class ToHighest {
	four(x: usize, line: usize, pixel: usize, output: usize, dy: usize, dx: usize): void {
		const highest = v128.load(output);
		// As where slopes are added to 0: -0 becomes 0.
		const slope = f32x4.add(v128.load(dy), f32x4.splat(0));
		const hit0 = f32x4.eq(v128.load(x), highest);
		const hit1 = f32x4.eq(v128.load(x + pixel), highest);
		const hit2 = f32x4.eq(v128.load(x + line), highest);
		const hit3 = f32x4.eq(v128.load(x + line + pixel), highest);
		const before2 = v128.or(hit0, hit1);
		const before3 = v128.or(before2, hit2);
		v128.store(dx, v128.and(slope, hit0));
		v128.store(dx + pixel, v128.and(slope, v128.andnot(hit1, hit0)));
		v128.store(dx + line, v128.and(slope, v128.andnot(hit2, before2)));
		v128.store(dx + line + pixel, v128.and(slope, v128.andnot(hit3, before3)));
	}
	one(x: usize, line: usize, pixel: usize, output: usize, dy: usize, dx: usize): void {
		store<f32>(dx, 0);
		store<f32>(dx + pixel, 0);
		store<f32>(dx + line, 0);
		store<f32>(dx + line + pixel, 0);
		const place = firstEqual(x, load<f32>(output), 2, 2, line, pixel);
		if (place != 0) store<f32>(place - x + dx, load<f32>(dy) + 0);
	}
}

/** Shares each slope out. */
@unmanaged
class ToAll {
	four(x: usize, line: usize, pixel: usize, output: usize, dy: usize, dx: usize): void {
		const share = f32x4.add(f32x4.mul(v128.load(dy), f32x4.splat(0.25)), f32x4.splat(0));
		v128.store(dx, share);
		v128.store(dx + pixel, share);
		v128.store(dx + line, share);
		v128.store(dx + line + pixel, share);
	}
	one(x: usize, line: usize, pixel: usize, output: usize, dy: usize, dx: usize): void {
		const share: f32 = load<f32>(dy) * 0.25 + 0;
		store<f32>(dx, share);
		store<f32>(dx + pixel, share);
		store<f32>(dx + line, share);
		store<f32>(dx + line + pixel, share);
	}
}

/** Gradient of pooling where `isOfFour`: each pixel is written once. */
function handOut<Operation>(w: Window, output: usize, dy: usize, dx: usize): void {
	const operation = changetype<Operation>(0);
	const pixel = usize(w.channels) << 2;
	const line = usize(w.width) * pixel;
	const covered = usize(w.columns) * pixel * 2;
	let x = w.source;
	for (let i = 0; i < w.images; i++) {
		for (let row = 0; row < w.rows; row++) {
			for (let column = 0; column < w.columns; column++) {
				if (pixel < 16) {
					for (let c: usize = 0; c < pixel; c += 4) {
						operation.one(x + c, line, pixel, output + c, dy + c, dx + c);
					}
				} else {
					// The last vector may overlap the one before it.
					let c: usize = 0;
					while (true) {
						operation.four(x + c, line, pixel, output + c, dy + c, dx + c);
						if (c == pixel - 16) break;
						c = min(c + 16, pixel - 16);
					}
				}
				output += pixel;
				dy += pixel;
				x += pixel * 2;
				dx += pixel * 2;
			}
			if (covered < line) {
				memory.fill(dx, 0, line - covered);
				memory.fill(dx + line, 0, line - covered);
			}
			x += line * 2 - covered;
			dx += line * 2 - covered;
		}
		const below = usize(w.height - w.rows * 2) * line;
		if (below > 0) memory.fill(dx, 0, below);
		x += below;
		dx += below;
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
	if (isOfFour(w)) {
		handOut<ToAll>(w, 0, dy, dx);
		return;
	}
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

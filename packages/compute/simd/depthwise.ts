import { Window } from "./window";

/**
 * Gradient of the input of a depthwise convolution, which gives channel c of the input `multiplier` filters and
 * as many output channels. `w` slides over the input `[images, height, width, channels]`, `filter` is
 * `[tapRows, tapColumns, channels, multiplier]`, `dy` `[images, rows, columns, channels multiplier]`; the result
 * goes to `dx`, which is like the input.
 */
export function depthwiseInputGradient(
	w: Window,
	filter: usize,
	dy: usize,
	multiplier: i32,
	dx: usize,
): void {
	const pixel = usize(w.channels) << 2;
	const line = usize(w.width) * pixel;
	const image = usize(w.height) * line;
	const outPixel = pixel * usize(multiplier);
	memory.fill(dx, 0, usize(w.images) * image);
	for (let i = 0; i < w.images; i++) {
		for (let row = 0; row < w.rows; row++) {
			for (let column = 0; column < w.columns; column++) {
				for (let a = 0; a < w.tapRows; a++) {
					const y = row * w.rowStride - w.padTop + a * w.tapRowStep;
					if (y < 0 || y >= w.height) continue;
					for (let b = 0; b < w.tapColumns; b++) {
						const x = column * w.columnStride - w.padLeft + b * w.tapColumnStep;
						if (x < 0 || x >= w.width) continue;
						const to = dx + usize(i) * image + usize(y) * line + usize(x) * pixel;
						const tap = filter + usize(a * w.tapColumns + b) * outPixel;
						if (multiplier == 1) addProducts(dy, tap, pixel, to);
						else addProductSums(dy, tap, w.channels, multiplier, to);
					}
				}
				dy += outPixel;
			}
		}
	}
}

/** Gradient of the filter of a depthwise convolution, with the arguments of `depthwiseInputGradient`. */
export function depthwiseFilterGradient(w: Window, dy: usize, multiplier: i32, target: usize): void {
	const pixel = usize(w.channels) << 2;
	const line = usize(w.width) * pixel;
	const image = usize(w.height) * line;
	const outPixel = pixel * usize(multiplier);
	memory.fill(target, 0, usize(w.tapRows * w.tapColumns) * outPixel);
	for (let i = 0; i < w.images; i++) {
		for (let row = 0; row < w.rows; row++) {
			for (let column = 0; column < w.columns; column++) {
				for (let a = 0; a < w.tapRows; a++) {
					const y = row * w.rowStride - w.padTop + a * w.tapRowStep;
					if (y < 0 || y >= w.height) continue;
					for (let b = 0; b < w.tapColumns; b++) {
						const x = column * w.columnStride - w.padLeft + b * w.tapColumnStep;
						if (x < 0 || x >= w.width) continue;
						const from = w.source + usize(i) * image + usize(y) * line + usize(x) * pixel;
						const tap = target + usize(a * w.tapColumns + b) * outPixel;
						if (multiplier == 1) addProducts(dy, from, pixel, tap);
						else addScaled(dy, from, w.channels, multiplier, tap);
					}
				}
				dy += outPixel;
			}
		}
	}
}

/** target += a b, value by value. */
function addProducts(a: usize, b: usize, bytes: usize, target: usize): void {
	const vectors = bytes & ~15;
	let i: usize = 0;
	for (; i < vectors; i += 16) {
		const product = f32x4.mul(v128.load(a + i), v128.load(b + i));
		v128.store(target + i, f32x4.add(v128.load(target + i), product));
	}
	for (; i < bytes; i += 4) {
		store<f32>(target + i, load<f32>(target + i) + load<f32>(a + i) * load<f32>(b + i));
	}
}

/** target[c] += sum over m of a[c, m] b[c, m] */
function addProductSums(a: usize, b: usize, channels: i32, multiplier: i32, target: usize): void {
	for (let channel = 0; channel < channels; channel++) {
		let sum = load<f32>(target);
		for (let m = 0; m < multiplier; m++) {
			sum += load<f32>(a) * load<f32>(b);
			a += 4;
			b += 4;
		}
		store<f32>(target, sum);
		target += 4;
	}
}

/** target[c, m] += a[c, m] x[c] */
function addScaled(a: usize, x: usize, channels: i32, multiplier: i32, target: usize): void {
	for (let channel = 0; channel < channels; channel++) {
		const factor = load<f32>(x);
		for (let m = 0; m < multiplier; m++) {
			store<f32>(target, load<f32>(target) + load<f32>(a) * factor);
			a += 4;
			target += 4;
		}
		x += 4;
	}
}
